import { listSubscriptionsFor } from "../../operations/list-subscriptions.js";
import type { BotCommand, CommandContext } from "../command.js";
import { bold, type Content, joinLines, lines } from "../content.js";
import { recipientOf } from "../recipient-of.js";
import { subscribe } from "./subscribe.js";
import { listRules, unsubscribe } from "./unsubscribe.js";

/** The list; `add …` and `delete …` are how people of Mattermost write the other two. */
export const subscriptions: BotCommand = {
  name: "subscriptions",
  role: "member",
  run: async (context) => {
    const [first = "", ...rest] = context.words.split(/\s+/);
    const inside = { ...context, words: rest.join(" ") };
    if (first.toLowerCase() === "add") return subscribe.run(inside);
    if (["delete", "remove"].includes(first.toLowerCase()) && rest.length > 0) return unsubscribe.run(inside);
    return list(context);
  },
};

async function list(context: CommandContext): Promise<Content> {
  const { translate } = context;
  const found = await listSubscriptionsFor(context.operations, recipientOf(context));
  if (found.length === 0) return { text: lines(translate("bot.subscriptions.none")) };
  return {
    text: joinLines([[bold(translate("bot.subscriptions.title"))], ...listRules(context, found)]),
    buttons: found.flatMap(({ origin, id }, index) =>
      origin === "config"
        ? []
        : [
            [
              {
                label: translate("bot.subscriptions.remove", { number: index + 1 }),
                meaning: { do: "command" as const, name: "unsubscribe", words: id },
              },
            ],
          ],
    ),
  };
}
