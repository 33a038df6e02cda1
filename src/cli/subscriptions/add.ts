import { randomBytes } from "node:crypto";
import { isDelivered } from "../../domain/feature.js";
import { type KnownConnection, withRoutes } from "../../domain/read-address.js";
import type { Recipient, Subscription } from "../../domain/subscription.js";
import { systemClock } from "../../lib/clock.js";
import { nearest } from "../../lib/nearest.js";
import { keepSubscriptions, type NewRule } from "../../operations/keep-subscriptions.js";
import { overlap, parseWish } from "../../operations/subscribe.js";
import { listMembers } from "../../store/members.js";
import type { Database } from "../../store/schema.js";
import { listSubscriptions } from "../../store/subscriptions.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { withNewStore } from "../open-store.js";
import { createOutput } from "../output.js";
import { requireSettings } from "../settings.js";
import { describeProjects } from "./list.js";
import { describeRecipient, parseRecipient } from "./recipient.js";
import { pointAt, toWords } from "./words.js";

/** Stores a subscription. Asks nobody: a running daemon looks its projects up within seconds, another one at its start. */
export async function addSubscription(
  context: CliContext,
  parts: readonly string[],
  flags: { to: string },
): Promise<void> {
  const output = createOutput(context);
  const { config } = await requireSettings(context);
  const known = withRoutes(config.connections, (await context.registry()).routes);
  const wish = readWish(toWords(parts), parseRecipient(flags.to), known);
  await withNewStore(context, async ({ db }) => {
    const existing = [...config.subscriptions, ...(await listSubscriptions(db))];
    const randomText = (bytes: number) => randomBytes(bytes).toString("base64url");
    const keeping = { db, clock: systemClock, randomText, declared: config.subscriptions };
    const { added, subscription } = (await keepSubscriptions(keeping, [wish]))[0]!;
    const notes = [
      ...(added ? toNotes(subscription, existing) : []),
      ...(await toReachNotes(db, subscription.to, config.telegram.owner)),
    ];
    await output.data({ added, subscription, notes }, () => {
      output.line(added ? `Added ${subscription.id}:` : `This is there already, as ${subscription.id}:`);
      output.line(`  to ${describeRecipient(subscription.to)}: ${describeProjects(subscription.projects)}`);
      output.line(`  ${subscription.features.join(", ")}`);
      if (subscription.filter !== "") output.line(`  ${subscription.filter}`);
      for (const note of notes) output.note(output.style("yellow", `! ${note}`));
      if (added) {
        output.note("A running daemon takes it up within seconds; another one at its start.");
      }
    });
  });
}

/** Nobody is asked here: a name that was mistyped would be suggested as it is. */
const notLookedUp = " (whether it exists was not looked up)";

function readWish(words: string, to: Recipient, connections: readonly KnownConnection[]): NewRule {
  const parsed = parseWish(words, connections);
  if (parsed.ok) {
    const { projects, features, filter } = parsed;
    return { to, projects, features, filter };
  }
  const { message, word, suggestion } = parsed;
  const place = pointAt(words, word);
  const noneYet = connections.length === 0 ? "`gitnotify init` sets a GitHub or GitLab up." : undefined;
  // What looks like an option came through as a word, for -author:bob is one.
  const meant =
    suggestion ??
    (word?.startsWith("--") ? nearest(word, ["--to", "--help", "--json", "--home"]) : undefined);
  throw new CliError(
    exitCode.usage,
    [word === undefined ? message : `“${word}”: ${message}`, ...place].join("\n"),
    meant === undefined ? noneYet : `Did you mean: ${meant}${meant.includes("/") ? notLookedUp : ""}`,
  );
}

function toNotes(subscription: Subscription, existing: readonly Subscription[]): string[] {
  const { features, to, projects } = subscription;
  const undelivered = features.filter((feature) => !isDelivered(feature));
  const overlaps = existing.filter((other) => overlap(other, subscription)).map(({ id }) => id);
  return [
    ...(undelivered.length === 0
      ? []
      : [`Kept, but this version delivers nothing of it yet: ${undelivered.join(", ")}.`]),
    ...(overlaps.length === 0
      ? []
      : [`It overlaps with ${overlaps.join(", ")}; an event that both bring comes once.`]),
    ...(typeof to === "object" && "chat" in to && projects === undefined
      ? ["A chat has no account of its own, so that nothing concerns it: name projects."]
      : []),
  ];
}

/** A subscription to somebody whom the daemon does not know rests without a word. */
async function toReachNotes(db: Database, to: Recipient, owner: string | undefined): Promise<string[]> {
  const members = await listMembers(db);
  if (to === "owner") {
    const isOwned = owner !== undefined || members.some(({ role }) => role === "owner");
    return isOwned ? [] : ["Nobody owns this bot yet: `gitnotify start` prints a pairing link."];
  }
  if (!("member" in to) || to.member === owner || members.some(({ id }) => id === to.member)) return [];
  return [`${to.member} is not a member yet: nothing comes of it before that.`];
}
