import type { Notice } from "../domain/notice.js";
import type { Database, Executor } from "../store/schema.js";
import {
  listShortfalls,
  markShortfallsTold,
  removeShortfalls,
  type StoredShortfall,
} from "../store/shortfalls.js";
import { findOwner } from "../store/members.js";
import { tellOwner } from "./announcements.js";

const minute = 60_000;

/** How long the first of a group waits for others like it, and how long it must be over before that is told. */
const shortfallWaitMs = { begun: 3 * minute, over: 15 * minute };
/** A group is told no more often than this; what comes in between waits and comes together. */
const groupRestMs = 60 * minute;
/** So many sentences and places fit on a phone; the rest is a number. */
const most = { sentences: 3, places: 5 };

/**
 * Tells the owner what sources lack: once when it begins, once when it is over. What is alike comes in one message, be it of thirty
 * sources; one that comes and goes is told once. True when something is owed now.
 */
export async function tellShortfalls(
  db: Database,
  { now, waitMs = shortfallWaitMs.begun }: { now: number; waitMs?: number },
): Promise<boolean> {
  const all = await listShortfalls(db);
  if (all.length === 0 || (await findOwner(db)) === null) return false;
  return db.transaction().execute(async (transaction) => {
    let isOwed = false;
    for (const group of toGroups(all)) {
      if (await tellBegun(transaction, group, { now, waitMs })) isOwed = true;
      if (await tellOver(transaction, group, now)) isOwed = true;
    }
    return isOwed;
  });
}

/** Alike: the same connection and the same code. */
function toGroups(all: readonly StoredShortfall[]): StoredShortfall[][] {
  const groups = new Map<string, StoredShortfall[]>();
  for (const one of all) {
    const key = JSON.stringify([one.connectionId, one.code]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

async function tellBegun(
  db: Executor,
  group: readonly StoredShortfall[],
  { now, waitMs }: { now: number; waitMs: number },
): Promise<boolean> {
  const begun = group.filter(({ toldAt }) => toldAt === null);
  const [oldest] = begun;
  if (oldest === undefined || now - oldest.beganAt < waitMs) return false;
  const lastTold = Math.max(0, ...group.map(({ toldAt }) => toldAt ?? 0));
  if (now - lastTold < groupRestMs) return false;
  await tellOwner(db, { notice: toNotice("shortfall", begun), once: toOnce("shortfall", oldest, now) }, now);
  await markShortfallsTold(db, begun, now);
  return true;
}

async function tellOver(db: Executor, group: readonly StoredShortfall[], now: number): Promise<boolean> {
  const told = group.filter(({ toldAt, endedAt }) => toldAt !== null && endedAt !== null);
  const brief = told.filter(isBrief);
  await removeShortfalls(
    db,
    brief.filter(({ toldAt }) => now - (toldAt ?? 0) >= groupRestMs),
  );
  const over = told.filter((one) => !isBrief(one));
  const [first] = over;
  if (first === undefined) return false;
  const firstEnd = Math.min(...over.map(({ endedAt }) => endedAt ?? now));
  if (now - firstEnd < shortfallWaitMs.over) return false;
  await tellOwner(db, { notice: toNotice("shortfall-over", over), once: toOnce("over", first, now) }, now);
  await removeShortfalls(db, over);
  return true;
}

/** It was over before it was told: what was left out is not there now either, and nothing is resolved. */
function isBrief({ toldAt, endedAt }: StoredShortfall): boolean {
  return (endedAt ?? Infinity) <= (toldAt ?? 0);
}

function toOnce(what: string, { connectionId, code }: StoredShortfall, now: number): string {
  return `${what}/${connectionId}/${code}/${now}`;
}

function toNotice(name: string, group: readonly StoredShortfall[]): Notice {
  const sentences = new Map(
    group.map(({ code, values }) => [JSON.stringify([code, values]), { key: `shortfall.${code}`, values }]),
  );
  const places = [...new Set(group.map(({ place }) => place))];
  return {
    name,
    values: {
      connection: group[0]?.connectionId ?? "",
      places: places.slice(0, most.places).join(", "),
      others: Math.max(0, places.length - most.places),
      more: Math.max(0, sentences.size - most.sentences),
    },
    parts: [...sentences.values()].slice(0, most.sentences),
  };
}
