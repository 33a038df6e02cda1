import { subscribe as subscribeTo, type SubscribeOutcome } from "../../operations/subscribe.js";
import type { BotCommand, CommandContext } from "../command.js";
import { bold, type Content, joinLines, lines, text } from "../content.js";
import { describeSubscription } from "../describe-subscription.js";
import { recipientOf } from "../recipient-of.js";

/** `/subscribe owner/repo pipelines reviews branch:main`, `/subscribe me`, `/subscribe group/*`. */
export const subscribe: BotCommand = {
  name: "subscribe",
  role: "member",
  run: async (context) => {
    if (context.words === "") return { text: lines(context.translate("bot.subscribe.how")) };
    const wish = { words: context.words, to: recipientOf(context), createdBy: context.from.id };
    const outcome = await subscribeTo(context.operations, wish, context.signal);
    return outcome.ok ? accepted(context, outcome) : refused(context, outcome);
  },
};

function accepted({ translate }: CommandContext, outcome: Extract<SubscribeOutcome, { ok: true }>): Content {
  const notes: string[] = [];
  if (outcome.undelivered.length > 0) {
    notes.push(translate("bot.subscribe.undelivered", { features: outcome.undelivered.join(", ") }));
  }
  for (const other of outcome.overlaps) notes.push(translate("bot.subscribe.overlap", { id: other.id }));
  return {
    text: joinLines([
      [bold(translate(outcome.added ? "bot.subscribe.done" : "bot.subscribe.same"))],
      [text(describeSubscription(translate, outcome.subscription))],
      ...[...notes, ...outcome.problems].map((note) => [text(note)]),
    ]),
    buttons: [
      [
        {
          label: translate("bot.subscriptions.remove", { id: outcome.subscription.id }),
          meaning: { do: "command", name: "unsubscribe", words: outcome.subscription.id },
        },
      ],
    ],
  };
}

function refused({ translate }: CommandContext, problem: Extract<SubscribeOutcome, { ok: false }>): Content {
  const word = problem.word === undefined ? "" : `“${problem.word}”: `;
  const hint =
    problem.suggestion === undefined ? [] : [translate("bot.did-you-mean", { word: problem.suggestion })];
  return { text: lines(`${word}${problem.message}`, ...hint) };
}
