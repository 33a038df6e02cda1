import { listSubscriptionsFor } from "../../operations/list-subscriptions.js";
import type { BotCommand } from "../command.js";
import { bold, joinLines, lines, text } from "../content.js";
import { describeSubscription } from "../describe-subscription.js";
import { recipientOf } from "../recipient-of.js";

export const subscriptions: BotCommand = {
  name: "subscriptions",
  role: "member",
  run: async (context) => {
    const { translate } = context;
    const found = await listSubscriptionsFor(context.operations, recipientOf(context));
    if (found.length === 0) return { text: lines(translate("bot.subscriptions.none")) };
    const rows = found.map((subscription) => [
      bold(subscription.id),
      text(` ${describeSubscription(translate, subscription)}`),
      text(subscription.origin === "config" ? ` (${translate("bot.subscriptions.declared")})` : ""),
    ]);
    const removable = found.filter((subscription) => subscription.origin === "stored");
    return {
      text: joinLines([[bold(translate("bot.subscriptions.title"))], ...rows]),
      buttons: removable.map((subscription) => [
        {
          label: translate("bot.subscriptions.remove", { id: subscription.id }),
          meaning: { do: "command", name: "unsubscribe", words: subscription.id },
        },
      ]),
    };
  },
};
