import * as z from "zod";
import { isFailure, type Failure } from "../domain/failure.js";
import type { Shortfall } from "../domain/shortfall.js";

/**
 * A subject that could not be read, while the rest of its source goes on. It is part of the cursor, so that nothing of it is lost:
 * - `since`: from when on what happened to it is news.
 * - `mark`: the revision that its row in the list had.
 * - `next`: the instant of the next try, by the server's clock.
 */
export const setAsideSchema = z.object({
  id: z.string(),
  since: z.string(),
  mark: z.string().optional(),
  tries: z.number(),
  next: z.string(),
  reason: z.string(),
});

export type SetAside = z.infer<typeof setAsideSchema>;

/** A subject of which there is news. */
export type Waiting = Pick<SetAside, "id" | "since" | "mark">;

/** A try that got what there is, though a part of it is still missing and will be asked for again. */
export interface Found<T> {
  value: T;
  missing?: Failure | undefined;
}

export interface Try {
  /** Everything is wanted at first. From the third try on, what can be had is better than nothing. */
  lenient: boolean;
}

/** Tries after which it is said, and what can be had is taken. Before, it may be a hiccup. */
const patience = 2;
/** Failures in a row after which the others are left for the next poll: the server itself may be ill. */
const mostInRow = 3;
/** More that failed than these, and it is not single subjects that cannot be read: the poll fails, and the cursor stays. */
const mostFailed = 200;
const longestMinutes = 30;
const minuteMs = 60_000;

/**
 * Reads what waits, oldest first, and those set aside whose time has come. A failure that concerns one subject alone sets it aside;
 * any other rejects, and the caller's cursor stays. `read` gives undefined for what is gone.
 */
export async function readEach<T>(
  work: { fresh: readonly Waiting[]; aside: readonly SetAside[]; now: string },
  read: (one: Waiting, how: Try) => Promise<Found<T> | undefined>,
): Promise<{ values: T[]; aside: SetAside[] }> {
  const aside = new Map(work.aside.map((one) => [one.id, one]));
  const values: T[] = [];
  let inRow = 0;
  for (const one of toQueue(work)) {
    const before = aside.get(one.id);
    if (inRow >= mostInRow) {
      if (before === undefined) aside.set(one.id, { ...one, tries: 0, next: work.now, reason: "unread" });
      continue;
    }
    const tries = before?.tries ?? 0;
    const { found, failure } = await tryOne(() => read(one, { lenient: tries >= patience }));
    if (found !== undefined) values.push(found);
    inRow = failure === undefined ? 0 : inRow + 1;
    if (failure === undefined) aside.delete(one.id);
    else aside.set(one.id, putOff({ ...one, tries: tries + 1 }, failure, work.now));
    if (failure !== undefined && countFailed(aside) > mostFailed) throw failure;
  }
  return { values, aside: [...aside.values()] };
}

/** Those that were only left for the next poll say nothing of what can be read. */
function countFailed(aside: ReadonlyMap<string, SetAside>): number {
  return [...aside.values()].filter(({ tries }) => tries > 0).length;
}

/** What is set aside and changes again is read when its time comes, no sooner; its news begin where they began. */
function toQueue(work: { fresh: readonly Waiting[]; aside: readonly SetAside[]; now: string }): Waiting[] {
  const ids = new Set(work.aside.map(({ id }) => id));
  const due = work.aside.filter(({ next }) => next <= work.now);
  return [...due.sort((a, b) => a.tries - b.tries), ...work.fresh.filter(({ id }) => !ids.has(id))];
}

async function tryOne<T>(
  read: () => Promise<Found<T> | undefined>,
): Promise<{ found?: T; failure?: Failure | undefined }> {
  try {
    const result = await read();
    return result === undefined ? {} : { found: result.value, failure: result.missing };
  } catch (error) {
    if (!isOfOne(error)) throw error;
    return { failure: error };
  }
}

/** Codes of failures that a whole server or network has. */
const ofTheServer = [
  "dns",
  "refused",
  "tls",
  "proxy",
  "address",
  "scheme",
  "redirect",
  "network",
  "insufficient_scope",
];

/** Whether a failure may be that of one subject: too much text, a steady 500, a slow query, an odd answer. */
export function isOfOne(error: unknown): error is Failure {
  if (!isFailure(error) || ofTheServer.includes(error.code ?? "")) return false;
  return ["unreachable", "forbidden", "rejected", "conflict"].includes(error.kind);
}

/** At once with the next poll, then after 1, 2, 4, … up to 30 minutes. */
function putOff(one: Waiting & { tries: number }, failure: Failure, now: string): SetAside {
  const minutes = one.tries < 2 ? 0 : Math.min(2 ** (one.tries - 2), longestMinutes);
  const next = new Date(Date.parse(now) + minutes * minuteMs).toISOString();
  const { id, since, mark, tries } = one;
  return {
    id,
    since,
    ...(mark === undefined ? {} : { mark }),
    tries,
    next,
    reason: failure.code ?? failure.kind,
  };
}

/** Those that the latest list shows in another revision take that on. */
export function withMarks(aside: readonly SetAside[], fresh: readonly Waiting[]): SetAside[] {
  const marks = new Map(fresh.map(({ id, mark }) => [id, mark]));
  return aside.map((one) => ({ ...one, mark: marks.get(one.id) ?? one.mark }));
}

/** Single ones by name; many are one shortfall. */
const mostNamed = 5;

export function toShortfalls(aside: readonly SetAside[], toWhat: (id: string) => string): Shortfall[] {
  const told = aside.filter(({ tries }) => tries > patience);
  if (told.length > mostNamed) {
    const names = told.slice(0, mostNamed).map(({ id }) => toWhat(id));
    const values = {
      what: `${names.join(", ")}, +${told.length - mostNamed}`,
      reason: told[0]?.reason ?? "",
    };
    return [{ code: "set_aside", key: "many", values }];
  }
  return told.map(({ id, reason }) => ({ code: "set_aside", key: id, values: { what: toWhat(id), reason } }));
}
