import type { Notice } from "../domain/notice.js";
import type { Snapshot } from "../domain/snapshot.js";
import type { Subject } from "../domain/subject.js";
import { lastToldDead, markDeadTold, untoldDead } from "../store/dead-letters.js";
import type { Delivery } from "../store/outbox.js";
import { findProject } from "../store/projects.js";
import type { Database, Executor } from "../store/schema.js";
import { findSnapshot } from "../store/subjects.js";
import { tellOwner } from "./announcements.js";
import { oneLine } from "../lib/shorten.js";

/** Where one message fails, many do: what follows within this time is told together. */
const pauseMs = 10 * 60_000;
/** So many are named; the rest is counted. */
const mostNamed = 3;

/** Tells the owner of every dead letter, several at once in one notice. Returns whether there is something to send now. */
export async function announceDead(db: Database, now: number): Promise<boolean> {
  // Asked after every round of deliveries, and mostly there is none: that takes no transaction.
  if ((await untoldDead(db)).length === 0 || now - (await lastToldDead(db)) < pauseMs) return false;
  return db.transaction().execute(async (transaction) => {
    const dead = await untoldDead(transaction);
    const [first] = dead;
    if (first === undefined) return false;
    await markDeadTold(transaction, dead.map(({ id }) => id), now); // prettier-ignore
    const names = [...new Set(await namesOf(transaction, dead.slice(0, 50)))];
    const notice: Notice = {
      name: "dead",
      values: {
        count: dead.length,
        what: names.slice(0, mostNamed).join(", "),
        more: Math.max(0, names.length - mostNamed),
        chat: [...new Set(dead.map(({ destination }) => destination.chat))].slice(0, mostNamed).join(", "),
        reason: first.reason ?? "",
        id: first.id,
      },
      ...(first.failure !== null && { failure: first.failure }),
    };
    await tellOwner(transaction, { notice, once: `dead/${first.id}/${now}` }, now);
    return true;
  });
}

async function namesOf(db: Executor, dead: readonly Delivery[]): Promise<string[]> {
  const names: string[] = [];
  for (const { subject, notice } of dead)
    names.push(subject === null ? `gitnotify: ${notice?.name ?? ""}` : await nameOf(db, subject));
  return names;
}

/** What a person knows it by: `acme/api: Fix login`. */
async function nameOf(db: Executor, key: string): Promise<string> {
  const [connectionId = "", projectId = "", type = "", ...id] = key.split("/");
  const subject: Subject = { connectionId, projectId, type: type as Subject["type"], id: id.join("/") };
  const snapshot = await findSnapshot<Snapshot>(db, subject);
  const project = await findProject(db, connectionId, projectId);
  return `${project?.path ?? connectionId}: ${snapshot === null ? subject.id : titleOf(snapshot)}`;
}

function titleOf(snapshot: Snapshot): string {
  switch (snapshot.type) {
    case "merge_request":
    case "issue":
    case "wiki_page":
      return oneLine(snapshot.title, 80);
    case "pipeline":
      return oneLine(`${snapshot.workflow} #${snapshot.number} ${snapshot.branch}`, 80);
    case "docs_change":
      return oneLine(snapshot.commits.at(-1)?.title ?? snapshot.branch, 80);
  }
}
