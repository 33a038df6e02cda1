import { sayFailure, sayPlanProblem } from "../../i18n/failures.js";
import { sayLack } from "../../i18n/lacks.js";
import { isDelivered } from "../../domain/feature.js";
import type { MessageKey, Translate } from "../../i18n/index.js";
import { knownConnections } from "../../operations/context.js";
import {
  parseWish,
  subscribe as subscribeTo,
  type SubscribeOutcome,
  type WishProblem,
} from "../../operations/subscribe.js";
import type { BotCommand, CommandContext } from "../command.js";
import { bold, type Content, joinLines, lines, text } from "../content.js";
import { describeProjects, describeSubscription } from "../describe-subscription.js";
import { oneLine } from "../../lib/shorten.js";
import { recipientOf } from "../recipient-of.js";

/** Behind the words of a wish: the person was asked whether everybody in the chat may see what is private. */
const knowing = "everyone-may-see";

/** `/subscribe owner/repo pipelines reviews branch:main`, `/subscribe me`, `/subscribe group/*`. */
export const subscribe: BotCommand = {
  name: "subscribe",
  role: "member",
  run: async (context) => {
    if (context.words === "") return { text: lines(context.translate("bot.subscribe.how")) };
    if (/^(?:list|ls)$/i.test(context.words)) return toList(context);
    const written = context.words.split(/\s+/);
    const words = written.filter((word) => word !== knowing).join(" ");
    const exposes = written.includes(knowing);
    const wish = { words, to: recipientOf(context), createdBy: context.from.id, exposes };
    const outcome = await subscribeTo(context.operations, wish, context.signal);
    return outcome.ok ? accepted(context, outcome) : refused(context, words, outcome);
  },
};

/** GitHub for Slack lists the subscriptions so. */
function toList({ translate }: CommandContext): Content {
  const label = "/subscriptions";
  return {
    text: lines(translate("bot.did-you-mean", { word: label })),
    buttons: [[{ label, meaning: { do: "command", name: "subscriptions", words: "" } }]],
  };
}

type Accepted = Extract<SubscribeOutcome, { ok: true }>;

function accepted(context: CommandContext, outcome: Accepted): Content {
  const { translate } = context;
  const { subscription, added } = outcome;
  const told = subscription.features
    .filter(isDelivered)
    .map((feature) => [text(`• ${translate(`bot.feature.${feature}` satisfies MessageKey)}`)]);
  return {
    text: joinLines([
      [bold(translate(added ? "bot.subscribe.done" : "bot.subscribe.same"))],
      [text(`${describeProjects(translate, subscription)}:`)],
      ...told,
      ...(subscription.filter === ""
        ? []
        : [[text(translate("bot.subscribe.narrowed", { filter: subscription.filter }))]]),
      ...notesOn(context, outcome).map((note) => [text(note)]),
    ]),
    buttons: [
      [
        {
          label: translate("bot.subscribe.undo"),
          meaning: { do: "command", name: "unsubscribe", words: subscription.id },
        },
      ],
    ],
  };
}

/** Long lists of what a token leaves out stand in `/me`. */
const mostLacks = 3;

/** A rule that is named by the way. */
const longestRule = 60;

function notesOn(
  { translate }: CommandContext,
  { undelivered, overlaps, lacks, problems, subscription }: Accepted,
): string[] {
  const notes: string[] = [];
  if (undelivered.length > 0)
    notes.push(translate("bot.subscribe.undelivered", { features: undelivered.join(", ") }));
  if (subscription.origin === "config") notes.push(translate("bot.subscribe.from-config"));
  const rules = overlaps.map((rule) => describeSubscription(translate, rule));
  const [shortest, ...others] = rules.sort((a, b) => a.length - b.length);
  if (shortest !== undefined) {
    const rule = oneLine(shortest, longestRule);
    notes.push(translate("bot.subscribe.overlap", { rule, others: others.length }));
  }
  for (const { connectionId, lack } of lacks.slice(0, mostLacks))
    notes.push(`🔒 ${connectionId}: ${sayLack(translate, lack)}`);
  return [...notes, ...problems.map((problem) => sayPlanProblem(translate, problem))];
}

function refused(
  context: CommandContext,
  words: string,
  problem: Exclude<SubscribeOutcome, { ok: true }>,
): Content {
  const { translate } = context;
  switch (problem.code) {
    case "private":
      return {
        text: lines(sayExposed(translate, problem.projects)),
        buttons: [
          [{ label: translate("bot.subscribe.expose"), meaning: command(`${words} ${knowing}`) }],
          [{ label: translate("bot.no"), meaning: { do: "dismiss" } }],
        ],
      };
    case "ambiguous":
      return {
        text: lines(translate("bot.subscribe.ambiguous", { word: problem.word })),
        buttons: problem.choices.map((choice) => [{ label: choice.label, meaning: command(choice.words) }]),
      };
    case "unknown-project": {
      const [near] = problem.choices;
      const [server = "", ...servers] = problem.where;
      const or = (left: string, right: string) => translate("bot.subscribe.or", { left, right });
      const where = servers.reduce(or, server);
      const named = { word: problem.word, where, count: problem.where.length };
      const unknown = translate("bot.subscribe.unknown-project", named);
      const hint =
        near === undefined ? [] : [translate("bot.subscribe.near", { count: problem.choices.length })];
      return {
        text: lines(unknown, ...hint),
        buttons: problem.choices.map((choice) => [{ label: choice.label, meaning: command(choice.words) }]),
      };
    }
    default:
      return misunderstood(context, words, problem);
  }
}

function sayExposed(translate: Translate, projects: readonly string[]): string {
  if (projects.length === 0) return translate("bot.subscribe.personal");
  const shown = projects.slice(0, 5).join(", ");
  return translate("bot.subscribe.private", { projects: shown, count: projects.length });
}

function misunderstood(
  { translate, operations }: CommandContext,
  words: string,
  { code, word, filter, refusal, suggestion }: WishProblem,
): Content {
  const why =
    refusal !== undefined
      ? sayFailure(translate, { ...refusal, kind: "rejected" }).reason
      : filter === undefined
        ? ""
        : translate(`bot.filter.${filter.code}`, { ...filter.values });
  const said = code === "filter" ? why : translate(`bot.subscribe.${code}`, { word, why });
  if (code === "unknown-word" && suggestion === undefined && /^[\w.-]+$/.test(word)) {
    const owned = [...operations.connections.keys()].map((id) => words.replace(word, `${id}:${word}/*`));
    return {
      text: lines(said, translate("bot.subscribe.near", { count: owned.length })),
      buttons: owned.filter((wish) => isValid(operations, wish)).map(offer),
    };
  }
  if (suggestion === undefined) return { text: lines(said) };
  const better = words.includes(word) && word !== "" ? words.replace(word, suggestion) : null;
  return {
    text: lines(said, translate("bot.did-you-mean", { word: suggestion })),
    ...(better === null || better.length > 50 || !isValid(operations, better)
      ? {}
      : { buttons: [offer(better)] }),
  };
}

function offer(words: string) {
  return [{ label: `/subscribe ${words}`, meaning: command(words) }];
}

/** A bare path is one too: its connection is found out when it is asked for. */
function isValid(operations: CommandContext["operations"], words: string): boolean {
  const parsed = parseWish(words, knownConnections(operations));
  return parsed.ok || parsed.refusal?.code === "pattern.which-connection";
}

function command(words: string) {
  return { do: "command" as const, name: "subscribe", words };
}
