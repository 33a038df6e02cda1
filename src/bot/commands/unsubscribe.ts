import { unsubscribe as remove } from "../../operations/unsubscribe.js";
import type { BotCommand } from "../command.js";
import { lines } from "../content.js";
import { recipientOf } from "../recipient-of.js";

/** `/unsubscribe ID` or `/unsubscribe owner/repo`: only what is delivered to this very chat. */
export const unsubscribe: BotCommand = {
  name: "unsubscribe",
  role: "member",
  run: async (context) => {
    const { translate, words } = context;
    if (words === "") return { text: lines(translate("bot.unsubscribe.how")) };
    const wish = { words, to: recipientOf(context) };
    const outcome = await remove(context.operations, wish, context.signal);
    switch (outcome.result) {
      case "removed":
        return { text: lines(translate("bot.unsubscribe.done", { id: outcome.ids.join(", ") })) };
      case "declared":
        return { text: lines(translate("bot.unsubscribe.declared", { id: outcome.id })) };
      case "unknown":
        return { text: lines(translate("bot.unsubscribe.unknown", { id: words })) };
    }
  },
};
