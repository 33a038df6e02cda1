import type { Subscription } from "../../domain/subscription.js";
import { unsubscribe as remove, type UnsubscribeOutcome } from "../../operations/unsubscribe.js";
import type { BotCommand, CommandContext } from "../command.js";
import { type Content, joinLines, lines, text } from "../content.js";
import { describeSubscription } from "../describe-subscription.js";
import { recipientOf } from "../recipient-of.js";
import { subscriptions } from "./subscriptions.js";

/** `/unsubscribe NUMBER`, `/unsubscribe ID` or `/unsubscribe owner/repo`: only what is delivered to this very chat. */
export const unsubscribe: BotCommand = {
  name: "unsubscribe",
  role: "member",
  run: async (context) => {
    // Somebody who names nothing wants to choose.
    if (context.words === "") return subscriptions.run(context);
    const wish = { words: context.words, to: recipientOf(context) };
    const outcome = await remove(context.operations, wish, context.signal);
    return outcome.result === "which" ? which(context, outcome) : said(context, outcome);
  },
};

function said(context: CommandContext, outcome: Exclude<UnsubscribeOutcome, { result: "which" }>): Content {
  const { translate } = context;
  if (outcome.result === "unknown") {
    return { text: lines(translate("bot.unsubscribe.unknown", { words: context.words })) };
  }
  if (outcome.result === "no-number") {
    const { number, count } = outcome;
    return { text: lines(translate("bot.unsubscribe.no-number", { number, count })) };
  }
  const rules = outcome.rules.map((rule) => [text(`• ${describeSubscription(translate, rule)}`)]);
  return { text: joinLines([[text(translate(`bot.unsubscribe.${outcome.result}`))], ...rules]) };
}

/** Telegram shows at most a hundred buttons, and nobody reads so many. */
const most = 20;

function which(
  context: CommandContext,
  { rules, project }: Extract<UnsubscribeOutcome, { result: "which" }>,
): Content {
  const { translate } = context;
  const shown = rules.slice(0, most);
  const stored = shown.filter(({ origin }) => origin === "stored");
  const stop = (label: string, words: string) => [
    { label, meaning: { do: "command" as const, name: "unsubscribe", words } },
  ];
  const parts = project === undefined ? [] : stored.filter((rule) => (rule.projects?.length ?? 0) > 1);
  const all = stored.map(({ id }) => id).join(" ");
  const numberOf = (rule: Subscription) => shown.indexOf(rule) + 1;
  return {
    text: joinLines([[text(translate("bot.unsubscribe.which"))], ...listRules(context, shown)]),
    buttons: [
      ...parts.map((rule) =>
        stop(
          translate("bot.unsubscribe.part", { project: project ?? "", number: numberOf(rule) }),
          `${rule.id} ${project}`,
        ),
      ),
      ...stored.map((rule) =>
        stop(translate("bot.subscriptions.remove", { number: numberOf(rule) }), rule.id),
      ),
      ...(stored.length > 1 ? [stop(translate("bot.unsubscribe.all", { count: stored.length }), all)] : []),
      [{ label: translate("bot.no"), meaning: { do: "dismiss" as const } }],
    ],
  };
}

/** Numbered, so that a button can name a rule. */
export function listRules({ translate }: CommandContext, rules: readonly Subscription[]) {
  return rules.map((rule, index) => [
    text(`${index + 1}. ${describeSubscription(translate, rule)}`),
    text(rule.origin === "config" ? ` (${translate("bot.subscriptions.declared")})` : ""),
  ]);
}
