import type { State } from "./model.js";
import { conflict } from "./problem.js";

/** One waiting update, as JSON of the Bot API. */
export interface QueuedUpdate {
  update_id: number;
  [type: string]: unknown;
}

export interface UpdateQueue {
  /** Drops what the sticky `allowed_updates` leaves out. Returns whether it was queued. */
  push(type: UpdateType, content: object): boolean;
  poll(request: PollRequest): Promise<QueuedUpdate[]>;
  /** Forgets everything that waits. */
  clear(): void;
  /** The same update once more under a new id, as apps do with a press after a reconnect. */
  repeat(updateId: number): number;
  waiting(): QueuedUpdate[];
  /** Ends the long poll that waits, if any. */
  close(): void;
}

export type UpdateType = "message" | "edited_message" | "callback_query" | "my_chat_member" | "channel_post";

export interface PollRequest {
  offset: number;
  limit: number;
  timeoutS: number;
  allowed?: string[];
}

const dayMs = 86_400_000;
const pressLifeMs = 150_000;
/** Left out unless asked for by name. */
const onRequest = ["chat_member", "message_reaction", "message_reaction_count"];

/** The server's queue of updates: 24 hours for messages, 150 seconds for presses, confirmed by the next offset. */
export function createUpdateQueue(state: State, { longPolls = true }: { longPolls?: boolean }): UpdateQueue {
  let queue: Array<{ update: QueuedUpdate; dieAt: number }> = [];
  let nextId = 700_000_001;
  let allowed: string[] = [];
  const doze = createDoze();

  const enqueue = (update: QueuedUpdate, lifeMs: number) => {
    queue.push({ update, dieAt: state.now() + lifeMs });
    doze.wake();
  };
  const isAllowed = (type: string) =>
    allowed.length > 0 ? allowed.includes(type) : !onRequest.includes(type);

  const take = (limit: number) => {
    queue = queue.filter((entry) => entry.dieAt > state.now());
    return queue.slice(0, limit).map((entry) => entry.update);
  };

  /** A negative offset keeps the last ones; one far beyond the queue counts as none (the server starts at its head). */
  const confirm = (offset: number) => {
    const past = offset > nextId + 10;
    if (offset < 0) queue = queue.slice(offset);
    else if (!past) queue = queue.filter((entry) => entry.update.update_id >= offset);
  };

  return {
    push(type, content) {
      if (!isAllowed(type)) return false;
      enqueue({ update_id: nextId++, [type]: content }, type === "callback_query" ? pressLifeMs : dayMs);
      return true;
    },
    async poll(request) {
      if (state.webhook !== "") {
        throw conflict(
          "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        );
      }
      if (request.allowed !== undefined) allowed = request.allowed;
      doze.fail(
        conflict("terminated by other getUpdates request; make sure that only one bot instance is running"),
      );
      confirm(request.offset);
      const limit = Math.min(100, Math.max(1, request.limit));
      const ready = take(limit);
      if (ready.length > 0 || request.timeoutS <= 0 || !longPolls) return ready;
      await doze.wait(Math.min(50, request.timeoutS) * 1000);
      return take(limit);
    },
    clear() {
      queue = [];
    },
    repeat(updateId) {
      const found = queue.find((entry) => entry.update.update_id === updateId);
      if (found === undefined) throw new Error(`no update ${updateId} waits`);
      const update = { ...found.update, update_id: nextId++ };
      enqueue(update, found.dieAt - state.now());
      return update.update_id;
    },
    waiting: () => take(Infinity),
    close() {
      doze.wake();
    },
  };
}

/** The one long poll that waits: woken when something is queued or its time is up, failed when another takes over. */
function createDoze() {
  let waiter: { wake: () => void; fail: (error: Error) => void } | undefined;
  return {
    wait: (ms: number) =>
      new Promise<void>((resolve, reject) => {
        const end = (then: () => void) => {
          clearTimeout(timer);
          if (waiter === mine) waiter = undefined;
          then();
        };
        const mine = { wake: () => end(resolve), fail: (error: Error) => end(() => reject(error)) };
        const timer = setTimeout(mine.wake, ms);
        waiter = mine;
      }),
    wake: () => waiter?.wake(),
    fail: (error: Error) => waiter?.fail(error),
  };
}
