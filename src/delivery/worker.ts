import type { Channel } from "../channels/channel.js";
import { type Destination, toDestinationKey } from "../domain/destination.js";
import { Failure, isFailure } from "../domain/failure.js";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import {
  claimDeliveries,
  owedDestinations,
  recoverDeliveries,
  unsettledDeliveries,
} from "../store/outbox.js";
import type { Database } from "../store/schema.js";
import { type Batch, nextBatch } from "./batch.js";
import type { Composer } from "./composer.js";
import { createPace, type Pace } from "./pace.js";
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

export function createDeliveryWorker(dependencies: DeliveryDependencies): DeliveryWorker {
  const pace = createPace(dependencies.channel.limits);
  const aftermath = createAftermath(dependencies);
  let alarm: (() => void) | null = null;

  async function drain(signal: AbortSignal): Promise<DrainReport> {
    const report: DrainReport = { sent: 0, failed: 0, nextAt: null };
    for (;;) {
      signal.throwIfAborted();
      const { ready, nextAt } = await owedDestinations(dependencies.db, dependencies.clock.now());
      const results = await Promise.all(
        ready
          .slice(0, chatsAtOnce)
          .map((key) => deliverNext({ ...dependencies, pace, aftermath }, key, signal)),
      );
      for (const result of results) {
        if (result === "sent") report.sent += 1;
        if (result === "failed") report.failed += 1;
      }
      report.nextAt = nextAt;
      if (results.length === 0) return report;
      if (results.every((result) => result === "later")) return { ...report, nextAt: await soonest(ready) };
    }
  }

  async function soonest(keys: string[]): Promise<number | null> {
    const times = await Promise.all(
      keys.map(async (key) => {
        const [head] = await unsettledDeliveries(dependencies.db, key);
        return head === undefined ? Infinity : pace.readyAt(head.destination);
      }),
    );
    const first = Math.min(...times);
    return Number.isFinite(first) ? first : null;
  }

  async function run(signal: AbortSignal): Promise<void> {
    const doubtful = await recoverDeliveries(dependencies.db, dependencies.clock.now());
    if (doubtful > 0)
      dependencies.log.warn("Messages were being sent when the daemon stopped; they may come twice", {
        doubtful,
      });
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => (alarm = resolve));
      const report = await drain(signal).catch((error: unknown) => logUnlessStopped(error, signal));
      const waitMs = Math.min(Math.max((report?.nextAt ?? Infinity) - dependencies.clock.now(), 50), 5_000);
      await Promise.race([woken, dependencies.clock.sleep(waitMs, signal).catch(() => {})]);
    }
  }

  function logUnlessStopped(error: unknown, signal: AbortSignal): null {
    if (!signal.aborted) dependencies.log.error("Delivering failed; trying again", { error });
    return null;
  }

  return { drain, run, wake: () => alarm?.() };
}

type DeliverOptions = DeliveryDependencies & { pace: Pace; aftermath: Aftermath };

async function deliverNext(
  options: DeliverOptions,
  key: string,
  signal: AbortSignal,
): Promise<"sent" | "failed" | "later"> {
  const now = options.clock.now();
  const owed = await unsettledDeliveries(options.db, key);
  const batch = nextBatch(owed, now);
  const head = batch?.deliveries[0];
  if (batch === null || head === undefined) return "later";
  if (options.pace.readyAt(head.destination) > now) return "later";
  const ids = batch.deliveries.map((delivery) => delivery.id);
  await claimDeliveries(options.db, ids, now);
  try {
    const sent = await sendBatch(options, { batch, destination: head.destination, signal });
    if (sent.requests > 0) options.pace.sent(head.destination, options.clock.now());
    await options.aftermath.delivered(batch, sent);
    return "sent";
  } catch (error) {
    await settleFailure(options, { batch, error, signal });
    return "failed";
  }
}

async function settleFailure(
  options: DeliverOptions,
  { batch, error, signal }: { batch: Batch; error: unknown; signal: AbortSignal },
): Promise<void> {
  const head = batch.deliveries[0];
  if (head === undefined) return;
  const failure = toFailure(error, signal);
  const now = options.clock.now();
  const verdict = judge(failure, head.attempts + 1, now);
  const chat = toDestinationKey(head.destination);
  options.log.warn("A message was not delivered", {
    chat,
    reason: failure.message,
    kind: failure.kind,
    next: verdict.do,
  });
  await options.aftermath.failed(batch, { failure, verdict });
  if (verdict.do === "park") await options.onParked?.(head.destination, failure);
}

/** A fault of our own must not hold a chat back for ever: it is tried again like an outage, and buried when it repeats. */
function toFailure(error: unknown, signal: AbortSignal): Failure {
  if (isFailure(error)) return error;
  if (signal.aborted) {
    // Stopped while the request was out: it may have been delivered.
    return new Failure("ambiguous", { message: "The daemon was stopped while sending.", cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new Failure("rejected", { message: `This message could not be made: ${message}`, cause: error });
}

export type { Sent };
