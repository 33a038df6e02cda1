import { createHash } from "node:crypto";
import { type Destination, toDestination } from "../domain/destination.js";
import { type Failure, toTold } from "../domain/failure.js";
import type { Notice } from "../domain/notice.js";
import type { Project } from "../domain/project.js";
import type { LiveConnection } from "../platforms/platform.js";
import { findOwner } from "../store/members.js";
import { findProject } from "../store/projects.js";
import { oweNotice } from "../store/outbox.js";
import type { Executor } from "../store/schema.js";
import { currentOutage, type StoredSource, waitingForBaseline } from "../store/sources.js";
import { markWatchingTold, untoldWatching } from "../store/watching.js";

/** What the daemon says of itself. Every function runs in the caller's transaction and says each thing once. */

/** So many names fit on a phone; the rest is a number. */
const mostNames = 10;

/** One "now watching" line per chat, when the last of the new sources has its baseline. */
export async function announceWatching(
  db: Executor,
  { connectionId, now }: { connectionId: string; now: number },
): Promise<void> {
  if (await waitingForBaseline(db, connectionId)) return;
  for (const { destination, projects, personal } of await untoldWatching(db, connectionId)) {
    const names = projects.map((project) => project.path);
    const notice: Notice = {
      name: names.length > 0 ? "watching" : "watching-personal",
      values: {
        connection: connectionId,
        count: names.length,
        projects: names.slice(0, mostNames).join(", "),
        more: Math.max(0, names.length - mostNames),
      },
    };
    const once = `watching/${connectionId}/${hashOf([personal ? "inbox" : "", ...projects.map((project) => project.id)])}`;
    await oweNotice(db, { destination: toDestination(destination), notice, once }, now);
    await markWatchingTold(db, connectionId, destination);
  }
}

/** The credential of one connection is refused. Said once per pause. */
export async function announceRefused(
  db: Executor,
  { live, failure, now }: { live: LiveConnection; failure: Failure; now: number },
): Promise<void> {
  const { id } = live.connection;
  const values = { connection: id, platform: live.platform.label };
  const notice: Notice = { name: "refused", values, failure: toTold(failure) };
  await tellOwner(db, { notice, once: `refused/${id}/${now}` }, now);
}

export async function announceAccepted(db: Executor, connectionId: string, now: number): Promise<void> {
  const notice = { name: "accepted", values: { connection: connectionId } };
  await tellOwner(db, { notice, once: `accepted/${connectionId}/${now}` }, now);
}

export async function announceGone(
  db: Executor,
  { project, now }: { project: Project; now: number },
): Promise<void> {
  const notice = { name: "gone", values: { project: project.path, connection: project.connectionId } };
  await tellOwner(db, { notice, once: `gone/${project.connectionId}/${project.id}/${now}` }, now);
}

/** The server wants to be left alone for long. Once a day: a limit that is used up is used up every hour. */
export async function announceThrottled(
  db: Executor,
  {
    connectionId,
    failure,
    until,
    now,
  }: { connectionId: string; failure: Failure; until: number; now: number },
): Promise<void> {
  const minutes = Math.round((until - now) / 60_000);
  const values = { connection: connectionId, minutes };
  const notice: Notice = { name: "throttled", values, failure: toTold(failure) };
  await tellOwner(db, { notice, once: `throttled/${connectionId}/${dayOf(now)}` }, now);
}

/** An inbox that answers "not found". It is looked for again by itself, and told once until it is found. */
export async function announceInboxGone(
  db: Executor,
  { source, failure, now }: { source: StoredSource; failure: Failure; now: number },
): Promise<void> {
  const notice: Notice = {
    name: "inbox-gone",
    values: { connection: source.connectionId },
    failure: toTold(failure),
  };
  await tellOwner(db, { notice, once: `gone/${source.id}/${now}` }, now);
}

/** What was taken for gone answers again; said once, whichever of a project's sources is found first. */
export async function announceFound(
  db: Executor,
  { source, now }: { source: Pick<StoredSource, "id" | "connectionId" | "projectId">; now: number },
): Promise<void> {
  const { connectionId, projectId } = source;
  const project = projectId === null ? null : await findProject(db, connectionId, projectId);
  const notice = { name: "found", values: { connection: connectionId, what: project?.path ?? "inbox" } };
  const what = projectId === null ? source.id : `${connectionId}/${projectId}`;
  await tellOwner(db, { notice, once: `found/${what}/${now}` }, now);
}

export async function announceRenamed(
  db: Executor,
  { before, project, now }: { before: string; project: Project; now: number },
): Promise<void> {
  const notice = { name: "renamed", values: { before, project: project.path } };
  await tellOwner(db, { notice, once: `renamed/${project.connectionId}/${project.id}/${project.path}` }, now);
}

/** Nothing was heard of a connection for long. Returns the outage that this source is part of. */
export async function announceStale(
  db: Executor,
  { live, failure, since, now }: { live: LiveConnection; failure: Failure; since: number; now: number },
): Promise<number> {
  const { id } = live.connection;
  const outage = await currentOutage(db, id);
  if (outage !== null) return outage;
  const minutes = Math.round((now - since) / 60_000);
  const notice: Notice = {
    name: "stale",
    values: { connection: id, minutes },
    failure: toTold(failure),
  };
  await tellOwner(db, { notice, once: `stale/${id}/${now}` }, now);
  return now;
}

/** A source that was part of an outage that people were told of has answered. Said once per outage. */
export async function announceRecovery(
  db: Executor,
  { source, now }: { source: StoredSource; now: number },
): Promise<void> {
  if (source.staleToldAt === null) return;
  const minutes = Math.round((now - (source.failingSince ?? source.staleToldAt)) / 60_000);
  const notice = { name: "recovered", values: { connection: source.connectionId, minutes } };
  await tellOwner(db, { notice, once: `recovered/${source.connectionId}/${source.staleToldAt}` }, now);
}

/** A chat was lost: told elsewhere, unless it is the owner's own. */
export async function announceParked(
  db: Executor,
  { destination, failure, now }: { destination: Destination; failure: Failure; now: number },
): Promise<void> {
  const owner = await findOwner(db);
  if (owner === null || owner.id === destination.chat) return;
  const values = { chat: destination.chat };
  const notice: Notice = { name: "parked", values, failure: toTold(failure) };
  await tellOwner(db, { notice, once: `parked/${destination.chat}/${now}` }, now);
}

/** Days before the end of a token at which its owner is told, once for each. */
const expiryDays = [1, 7, 14];

/** The token of a connection ends soon. Of several days that have come only the nearest is told: a late start brings one notice. */
export async function announceExpiring(
  db: Executor,
  { connectionId, expiresAt, now }: { connectionId: string; expiresAt: string; now: number },
): Promise<void> {
  const left = (Date.parse(expiresAt) - now) / day;
  const threshold = expiryDays.find((days) => left <= days);
  if (threshold === undefined || left < 0) return;
  const notice = { name: "expiring", values: { connection: connectionId, days: Math.floor(left) } };
  await tellOwner(db, { notice, once: `expiring/${connectionId}/${expiresAt}/${threshold}` }, now);
}

/** Somebody else takes the bot's updates: what people press and write goes astray. Sending works all the same. Once a day. */
export async function announceOtherPoller(
  db: Executor,
  { what, now }: { what: "other_poller" | "webhook"; now: number },
): Promise<void> {
  const notice = { name: what === "webhook" ? "webhook" : "other-poller", values: {} };
  await tellOwner(db, { notice, once: `${what}/${dayOf(now)}` }, now);
}

const day = 86_400_000;

const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);

export async function tellOwner(
  db: Executor,
  told: { notice: Notice; once: string },
  now: number,
): Promise<void> {
  const owner = await findOwner(db);
  if (owner === null) return;
  await oweNotice(db, { ...told, destination: { channel: "telegram", chat: owner.id } }, now);
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
