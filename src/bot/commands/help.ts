import { bold, joinLines, text } from "../content.js";
import { describe } from "../describe-command.js";
import type { BotCommand } from "../command.js";
import { botCommands } from "./index.js";

export const help: BotCommand = {
  name: "help",
  role: "member",
  run: async ({ translate }) => {
    const rows = botCommands.map((command) => {
      const names = [command.name, ...(command.aliases ?? [])].map((name) => `/${name}`).join(" ");
      return [text(`${names} — ${describe(translate, command.name)}`)];
    });
    return {
      text: joinLines([[bold(translate("bot.help.title"))], ...rows, [text(translate("bot.help.targets"))]]),
    };
  },
};
