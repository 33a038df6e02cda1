import type { Channel } from "../channels/channel.js";
import { type Destination, toDestination, toDestinationKey } from "../domain/destination.js";
import { Failure, isFailure } from "../domain/failure.js";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { Progress } from "../lib/progress.js";
import { findDestination, tryParked } from "../store/destinations.js";
import {
  claimDeliveries,
  type Delivery,
  listDeliveries,
  owedDestinations,
  unsettledDeliveries,
} from "../store/outbox.js";
import { recoverDeliveries } from "../store/recovery.js";
import type { Database } from "../store/schema.js";
import { type Batch, nextBatch } from "./batch.js";
import type { Composer } from "./composer.js";
import { createPace, type Pace, toChatKey } from "./pace.js";
import { logDelivered, toBatchFields } from "./log-delivery.js";
import { judge } from "./retry-policy.js";
import { type Aftermath, createAftermath } from "./aftermath.js";
import { type Sent, sendBatch } from "./send-batch.js";

export interface DeliveryDependencies {
  db: Database;
  channel: Channel;
  composer: Composer;
  clock: Clock;
  log: Log;
  /** Tells the owner that a chat was lost; called inside no transaction. */
  onParked?: (destination: Destination, failure: Failure) => Promise<void>;
  /** Tells the owner of dead letters, if there are any new ones; whether that is owed now. Called inside no transaction. */
  announceDead?: () => Promise<boolean>;
  /** Hears that the work goes on; absent where nobody watches. */
  progress?: Progress;
}

export interface DeliveryWorker {
  /** Sends what may be sent now. Returns when the next thing may be, or null when nothing is owed. */
  drain(signal: AbortSignal): Promise<DrainReport>;
  /** Drains for ever; `wake` makes it look at once. */
  run(signal: AbortSignal): Promise<void>;
  wake(): void;
}

export interface DrainReport {
  sent: number;
  failed: number;
  nextAt: number | null;
}

/** Different chats at once; within one chat strictly one after another. */
const chatsAtOnce = 3;

/** One message with its edit takes half a minute at most: whoever is silent for longer hangs. */
const patienceMs = 120_000;

export function createDeliveryWorker(dependencies: DeliveryDependencies): DeliveryWorker {
  const pace = createPace(dependencies.channel.limits);
  const aftermath = createAftermath(dependencies);
  let alarm: (() => void) | null = null;

  /** A slow chat takes one of the places and no more: as soon as any chat is done, the next one gets its turn. */
  async function drain(signal: AbortSignal): Promise<DrainReport> {
    const report: DrainReport = { sent: 0, failed: 0, nextAt: null };
    const underWay = new Map<string, Promise<void>>();
    const begin = (chat: string, key: string) => {
      const work = deliverNext({ ...dependencies, pace, aftermath }, key).then((result) => {
        underWay.delete(chat);
        if (result !== "nothing") report[result] += 1;
      });
      // Heard by the race below; until then it must not count as a rejection that nobody handles.
      work.catch(() => {});
      underWay.set(chat, work);
    };
    try {
      for (;;) {
        signal.throwIfAborted();
        dependencies.progress?.expect("delivery", patienceMs);
        const { ready, nextAt } = await readyDestinations({ ...dependencies, pace }, underWay);
        for (const [chat, key] of [...ready].slice(0, chatsAtOnce - underWay.size)) begin(chat, key);
        if (underWay.size === 0 && (await dependencies.announceDead?.()) !== true)
          return { ...report, nextAt };
        if (underWay.size > 0) await Promise.race(underWay.values());
      }
    } finally {
      // What is out already gets its answer, also when the daemon stops: a message cut off in the middle comes twice.
      await Promise.allSettled(underWay.values());
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    await recover(dependencies);
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => (alarm = resolve));
      const report = await drain(signal).catch((error: unknown) => logUnlessStopped(error, signal));
      const waitMs = Math.min(Math.max((report?.nextAt ?? Infinity) - dependencies.clock.now(), 50), 5_000);
      dependencies.progress?.expect("delivery", waitMs + patienceMs);
      await Promise.race([woken, dependencies.clock.sleep(waitMs, signal).catch(() => {})]);
    }
  }

  function logUnlessStopped(error: unknown, signal: AbortSignal): null {
    if (!signal.aborted) dependencies.log.error("Delivering failed; trying again", { error });
    return null;
  }

  return { drain, run, wake: () => alarm?.() };
}

/** What was being sent when the daemon died is in doubt, and what it died of again and again is put aside. */
async function recover(dependencies: DeliveryDependencies): Promise<void> {
  const { db, clock, log } = dependencies;
  const now = clock.now();
  const doubtful = await recoverDeliveries(db, now);
  await tryParked(db);
  if (doubtful > 0)
    log.warn("Messages were being sent when the daemon stopped; they may come twice", { doubtful });
  const dead = (await listDeliveries(db, { states: ["dead"], limit: 50 })).filter(
    (delivery) => delivery.settledAt === now,
  );
  for (const { id } of dead)
    log.error("A message is put aside: the daemon stopped each time while sending it", { deliveries: [id] });
}

/**
 * What the store says may be sent, less the chats whose own limits say "not yet" and those with a message under way. By chat:
 * the topics of one chat share its limits and its one place.
 */
async function readyDestinations(
  { db, clock, pace }: Pick<DeliverOptions, "db" | "clock" | "pace">,
  underWay: ReadonlyMap<string, unknown>,
): Promise<{ ready: Map<string, string>; nextAt: number | null }> {
  const now = clock.now();
  const ready = new Map<string, string>();
  let nextAt = Infinity;
  for (const { key, dueAt } of await owedDestinations(db)) {
    const destination = toDestination(key);
    const chat = toChatKey(destination);
    if (underWay.has(chat)) continue;
    const at = Math.max(dueAt, pace.readyAt(destination, now));
    if (at > now) nextAt = Math.min(nextAt, at);
    else if (!ready.has(chat)) ready.set(chat, key);
  }
  return { ready, nextAt: Number.isFinite(nextAt) ? nextAt : null };
}

type DeliverOptions = DeliveryDependencies & { pace: Pace; aftermath: Aftermath };

/** The client below has its own time limit; nothing else cuts a message off once it is on its way. */
const never = new AbortController().signal;

async function deliverNext(options: DeliverOptions, key: string): Promise<"sent" | "failed" | "nothing"> {
  const now = options.clock.now();
  const owed = await unsettledDeliveries(options.db, key);
  const batch = nextBatch(owed, now);
  const head = batch?.deliveries[0];
  if (batch === null || head === undefined) return "nothing";
  const ids = batch.deliveries.map((delivery) => delivery.id);
  await claimDeliveries(options.db, ids, now);
  const sent = await trySend(options, batch, head);
  if (sent === null) return "failed";
  if (sent.requests > 0) options.pace.sent(head.destination, options.clock.now());
  // Should this commit fail, the rows stay `sending`: in doubt, and said so when they go out again.
  await options.aftermath.delivered(batch, sent);
  await logDelivered(options, batch, sent);
  return "sent";
}

/** null: it failed, and what follows from that is written down. */
async function trySend(options: DeliverOptions, batch: Batch, head: Delivery): Promise<Sent | null> {
  try {
    return await sendBatch(options, { batch, destination: head.destination, signal: never });
  } catch (error) {
    await settleFailure(options, batch, { head, failure: toFailure(error, head.attempts + 1) });
    return null;
  }
}

async function settleFailure(
  options: DeliverOptions,
  batch: Batch,
  { head, failure }: { head: Delivery; failure: Failure },
): Promise<void> {
  const now = options.clock.now();
  const verdict = judge(failure, head.attempts + 1, now);
  options.log.warn("A message was not delivered", {
    ...toBatchFields(batch),
    reason: failure.message,
    kind: failure.kind,
    next: verdict.do,
  });
  const before = await findDestination(options.db, toDestinationKey(head.destination));
  await options.aftermath.failed(batch, { failure, verdict });
  // One that is still closed when it is tried again is nobody's news.
  if (verdict.do === "park" && before?.parkedAt == null) await options.onParked?.(head.destination, failure);
}

/** So often a message that we ourselves cannot make is tried, before it is put aside so that the chat goes on. */
const triesOfOurOwn = 3;

/** A fault of our own (a busy database, a defect) is tried again like an outage, and becomes a dead letter when it repeats. */
function toFailure(error: unknown, attempts: number): Failure {
  if (isFailure(error)) return error;
  const message = `This message could not be made: ${error instanceof Error ? error.message : String(error)}`;
  return new Failure(attempts < triesOfOurOwn ? "unreachable" : "rejected", {
    message,
    code: "defect",
    cause: error,
  });
}
