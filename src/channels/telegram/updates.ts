import { isFailure } from "../../domain/failure.js";
import { toUpdateTrace } from "../../lib/trace.js";
import type { RawUpdate, TelegramApi } from "./api.js";
import { createIdlePace } from "./idle-pace.js";
import { toIncoming, type GivenUp, type Incoming } from "./message.js";
import { createWeather, type WeatherOptions } from "./weather.js";

export interface StoredUpdate {
  updateId: number;
  /** JSON as it came. */
  payload: string;
}

/** Where updates wait between Telegram and the handler. Every method is one transaction of its own. */
export interface UpdateStore {
  /** The next offset to ask for; 0 when nothing was ever stored. */
  offset(): Promise<number>;
  /** Stores the updates and the offset behind the last one; an id that is known already is left as it is. */
  save(updates: StoredUpdate[]): Promise<void>;
  /** Not done yet, oldest first. */
  pending(): Promise<StoredUpdate[]>;
  /** Counts one more try, before it is made, and returns the count. */
  countTry(updateId: number): Promise<number>;
  /** Handled; with a note: given up, for the reason that it says. */
  done(updateId: number, note?: string): Promise<void>;
}

export interface UpdateLoopOptions extends WeatherOptions {
  api: Pick<TelegramApi, "getUpdates" | "deleteWebhook">;
  store: UpdateStore;
  /** Rejects when it should be tried again; three times at most, unless `isPassing`. */
  handle: (incoming: Incoming, signal: AbortSignal) => Promise<void>;
  /** Whether it failed for something that is no fault of the update and passes by itself: a database that another program holds. */
  isPassing?: (error: unknown) => boolean;
  /** Tells whoever sent an update that it could not be handled. */
  giveUp?: (incoming: Incoming, why: GivenUp) => Promise<void>;
  /** Seconds of one long poll; default and maximum 50. */
  timeoutS?: number;
}

export interface UpdateLoop {
  /** Runs until the signal is aborted, then lets running handlers end, confirms what is stored, and resolves. Never rejects for what Telegram does. */
  run(signal: AbortSignal): Promise<void>;
}

const allowedUpdates = ["message", "callback_query", "my_chat_member"] as const;
const maxTries = 3;
/** As many updates as one answer brings may wait; beyond that nothing is fetched. */
const maxWaiting = 100;
const confirmTimeoutMs = 3000;
/** So long an update waits for what passes by itself. Whoever sent it does not expect it any more after that. */
const passingPatienceMs = 10 * 60_000;

/**
 * Fetches updates, stores each before it is confirmed, and handles it: one chat's in their order, different chats' side by
 * side, so that a slow action in one chat holds up no other. What a crash interrupted is handled first at the next start.
 */
export function createUpdateLoop(options: UpdateLoopOptions): UpdateLoop {
  return {
    async run(signal) {
      const lanes = createLanes(options, signal);
      const weather = createWeather(options);
      const pace = createIdlePace(options.clock);
      let hasWebhook = true;
      for (const update of await options.store.pending()) lanes.add(update);
      while (!signal.aborted) {
        try {
          if (hasWebhook) await options.api.deleteWebhook(signal);
          hasWebhook = false;
          const askedAt = options.clock.now();
          const news = await receive(options, lanes, signal);
          weather.clear();
          await lanes.settle(maxWaiting);
          await pace.rest({ askedAt, news }, signal);
        } catch (error) {
          if (signal.aborted) break;
          hasWebhook ||= isFailure(error) && error.code === "webhook";
          await options.clock.sleep(weather.worsen(error), signal).catch(() => undefined);
        }
      }
      await lanes.settle(0);
      await confirm(options);
    },
  };
}

/** Whether anything came that was not there before. */
async function receive(options: UpdateLoopOptions, lanes: Lanes, signal: AbortSignal): Promise<boolean> {
  const { api, store, timeoutS = 50 } = options;
  const offset = await store.offset();
  const request = { offset, timeoutS, allowed: allowedUpdates };
  const updates = (await api.getUpdates(request, signal)).map(toStored);
  if (updates.length === 0) return false;
  await store.save(updates);
  for (const update of updates) lanes.add(update);
  return (await store.offset()) !== offset;
}

function toStored({ updateId, payload }: RawUpdate): StoredUpdate {
  return { updateId, payload: JSON.stringify(payload) };
}

/** Telegram repeats what is not confirmed; telling it once more on the way out spares the next start the repeats. */
async function confirm({ api, store }: UpdateLoopOptions): Promise<void> {
  try {
    const offset = await store.offset();
    if (offset > 0)
      await api.getUpdates({ offset, limit: 1, timeoutS: 0 }, AbortSignal.timeout(confirmTimeoutMs));
  } catch {
    // The next start asks from the stored offset anyway.
  }
}

interface Lanes {
  add(update: StoredUpdate): void;
  /** Resolves when at most `waiting` updates are left to handle. */
  settle(waiting: number): Promise<void>;
}

function createLanes(options: UpdateLoopOptions, signal: AbortSignal): Lanes {
  const tails = new Map<string, Promise<void>>();
  const known = new Set<number>();
  return {
    add(update) {
      if (known.has(update.updateId)) return;
      known.add(update.updateId);
      const { lane, incoming } = look(update);
      const tail = (tails.get(lane) ?? Promise.resolve())
        .then(() => work(options, { update, incoming, signal }))
        .catch((error: unknown) =>
          options.log.error("An update could not be settled", toFields(update, error)),
        )
        .finally(() => {
          known.delete(update.updateId);
          if (tails.get(lane) === tail) tails.delete(lane);
        });
      tails.set(lane, tail);
    },
    async settle(waiting) {
      while (known.size > waiting) await Promise.race(tails.values());
    },
  };
}

type Read = { ok: true; incoming: Incoming | null } | { ok: false; reason: string };

function look(update: StoredUpdate): { lane: string; incoming: Read } {
  try {
    const incoming = toIncoming(JSON.parse(update.payload));
    return { lane: incoming?.chat.id ?? "", incoming: { ok: true, incoming } };
  } catch (error) {
    return {
      lane: "",
      incoming: { ok: false, reason: error instanceof Error ? error.message : "unreadable" },
    };
  }
}

/** Handles one update, with its tries counted in the store first, so that one that takes the daemon down ends too. */
async function work(
  options: UpdateLoopOptions,
  { update, incoming, signal }: { update: StoredUpdate; incoming: Read; signal: AbortSignal },
): Promise<void> {
  const { store, giveUp, log, clock } = options;
  if (!incoming.ok) {
    log.error("An update of Telegram has an unknown shape and is put aside", {
      updateId: update.updateId,
      trace: toUpdateTrace(update.updateId),
    });
    return store.done(update.updateId, `unknown shape: ${incoming.reason.slice(0, 500)}`);
  }
  if (incoming.incoming === null) return store.done(update.updateId);
  const { incoming: asked } = incoming;
  const patience = { clock, log, update, signal };
  const end = async (why: GivenUp, note: string) => {
    await persist(patience, async () => giveUp?.(asked, why));
    await persist(patience, () => store.done(update.updateId, `given up: ${note}`));
  };
  while (!signal.aborted) {
    const tries = await persist(patience, () => store.countTry(update.updateId));
    if (tries > maxTries) return end("failed", "it took the daemon down each time");
    try {
      const wasHandled = await handlePatiently(options, { update, incoming: asked, signal });
      if (!wasHandled) return await end("held_up", "it could not be handled in time");
    } catch (error) {
      // An interrupted one stays pending and is tried again at the next start.
      if (signal.aborted) return;
      log.warn("An update could not be handled", { ...toFields(update, error), tries });
      if (tries < maxTries) {
        await clock.sleep(1000 * tries, signal).catch(() => undefined);
        continue;
      }
      log.error("An update is given up", toFields(update, error));
      return end("failed", messageOf(error).slice(0, 500));
    }
    return persist(patience, () => store.done(update.updateId));
  }
}

/** Tries again what failed for something that passes by itself, without counting it as a try of the update. False: it did not pass in time. */
async function handlePatiently(
  { handle, isPassing = () => false, log, clock }: UpdateLoopOptions,
  { update, incoming, signal }: { update: StoredUpdate; incoming: Incoming; signal: AbortSignal },
): Promise<boolean> {
  const until = clock.now() + passingPatienceMs;
  for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 10_000)) {
    try {
      await handle(incoming, signal);
      return true;
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      if (clock.now() > until) {
        log.error("An update is given up", toFields(update, error));
        return false;
      }
      log.warn("An update waits until it can be handled", toFields(update, error));
      await clock.sleep(waitMs, signal);
    }
  }
}

/**
 * Until the store takes it: another program may hold the database for a while, and an update that is left at that would be carried out by
 * the next start, when nobody expects it any more.
 */
async function persist<T>(
  {
    clock,
    log,
    update,
    signal,
  }: Pick<UpdateLoopOptions, "clock" | "log"> & { update: StoredUpdate; signal: AbortSignal },
  write: () => Promise<T>,
): Promise<T> {
  for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 10_000)) {
    try {
      return await write();
    } catch (error) {
      if (signal.aborted) throw error;
      log.warn("What becomes of an update could not be stored; trying until it can", toFields(update, error));
      await clock.sleep(waitMs, signal);
    }
  }
}

function toFields(update: StoredUpdate, error: unknown): Record<string, unknown> {
  return { updateId: update.updateId, trace: toUpdateTrace(update.updateId), reason: messageOf(error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
