import { sayPlanProblem } from "../../i18n/failures.js";
import { completePairing } from "../../operations/pairing.js";
import type { BotCommand, CommandContext } from "../command.js";
import { bold, type Content, joinLines, lines, text } from "../content.js";

/** `/start CODE` pairs, or gives null; `/start` shows a member what can be done by buttons. */
export const start: BotCommand = {
  name: "start",
  role: "anyone",
  run: async (context) => {
    if (context.words !== "" && context.chat.kind === "private") {
      const paired = await pair(context);
      if (paired !== null) return paired;
    }
    return context.member === null ? null : menu(context);
  },
};

async function pair(context: CommandContext): Promise<Content | null> {
  const { operations, translate, from } = context;
  const pairing = await completePairing(operations, { code: context.words, id: from.id, name: from.name });
  if (pairing === null) return null;
  const problems = await operations.replan(context.signal);
  const told = pairing.subscription === null ? "bot.pair.declared" : "bot.pair.personal";
  return {
    text: joinLines([
      [bold(translate("bot.pair.done", { name: from.name }))],
      [text(translate(told))],
      ...problems.map((problem) => [text(sayPlanProblem(context.translate, problem))]),
    ]),
    ...menuButtons(context),
  };
}

export function menu(context: CommandContext): Content {
  return { text: lines(context.translate("bot.menu.title")), ...menuButtons(context) };
}

function menuButtons({ translate }: CommandContext): Required<Pick<Content, "buttons">> {
  const button = (name: "runs" | "mrs" | "subscriptions" | "status" | "me" | "help") => ({
    label: translate(`bot.menu.${name}`),
    meaning: { do: "command" as const, name, words: "" },
  });
  return {
    buttons: [
      [button("runs"), button("mrs")],
      [button("subscriptions"), button("status")],
      [button("me"), button("help")],
    ],
  };
}
