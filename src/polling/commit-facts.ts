import type { Account } from "../domain/connection.js";
import { toDestinationKey } from "../domain/destination.js";
import type { Event } from "../domain/event.js";
import { type Facts, finalStatuses, type PipelineFacts, toSubjectId } from "../domain/facts/index.js";
import type { MentionGrammar } from "../domain/mentions.js";
import type { Person } from "../domain/person.js";
import type { Project } from "../domain/project.js";
import type { PipelineLine, Snapshot } from "../domain/snapshot.js";
import { type Subject, toSubjectKey } from "../domain/subject.js";
import { destinationsOfCard, isShownOrOwed } from "../store/cards.js";
import { insertEvent } from "../store/events.js";
import { oweEvent, oweUpdate } from "../store/outbox.js";
import { findProject, saveProject } from "../store/projects.js";
import type { Executor } from "../store/schema.js";
import { amendSnapshot, findLine, findSnapshot, saveLine, saveSnapshot } from "../store/subjects.js";
import { compare, type Comparison, toFixed, toFormerLine, toLine, withKnownPlace } from "./compare/index.js";
import { followCards } from "./follow-cards.js";
import { type SeenEvent, toSeen } from "./log-seen.js";
import { route, type RoutedSubscription } from "./route.js";

export interface FactsToCommit {
  facts: ReadonlyArray<{ project: Project; facts: Facts }>;
  /** Store what is, tell nothing. */
  baseline: boolean;
  account: Account;
  teams: readonly string[];
  mentionGrammar: MentionGrammar;
  subscriptions: readonly RoutedSubscription[];
  now: number;
}

export interface Committed {
  events: number;
  owed: number;
  /** The new events one by one, to be logged when the transaction is through (`logSeen`). */
  seen: SeenEvent[];
}

/** So many facts at once before other work gets its turn: a long transaction must not stall the event loop. */
const chunk = 10;

/**
 * Compares facts with the stored snapshots and writes events, deliveries and snapshots. Runs inside the caller's transaction,
 * so that the cursor goes with them or not at all.
 */
export async function commitFacts(db: Executor, work: FactsToCommit): Promise<Committed> {
  const committed: Committed = { events: 0, owed: 0, seen: [] };
  const seenProjects = new Set<string>();
  for (const [index, { project, facts }] of work.facts.entries()) {
    if (index % chunk === chunk - 1) await new Promise((resolve) => setImmediate(resolve));
    if (!seenProjects.has(project.id)) await rememberProject(db, project);
    seenProjects.add(project.id);
    const { comparison, subject, prior } = await compareStored(db, { project, facts }, work);
    const stored = await storeEvents(db, comparison.events, work.now);
    committed.events += stored.length;
    const owed = await oweRouted(db, { stored, project }, work);
    committed.owed += owed.length;
    committed.seen.push(...stored.map(({ event }) => toSeen(event, project, owed)));
    await saveSnapshot(db, {
      subject,
      revision: facts.revision,
      snapshot: comparison.snapshot,
      open: isOpen(comparison.snapshot),
      now: work.now,
    });
    await followCards(db, { subject, prior, snapshot: comparison.snapshot }, work.now);
    await settleLine(db, { comparison, subject, facts }, work.now);
  }
  return committed;
}

/** An inbox names its projects and says little else of them: of one that is known already only the name can be news. */
async function rememberProject(db: Executor, project: Project): Promise<void> {
  const known = await findProject(db, project.connectionId, project.id);
  if (known === null) return saveProject(db, project);
  if (known.path !== project.path) await saveProject(db, { ...known, path: project.path, url: project.url });
}

async function compareStored(
  db: Executor,
  { project, facts }: { project: Project; facts: Facts },
  work: FactsToCommit,
): Promise<{ comparison: Comparison; subject: Subject; prior: Snapshot | null }> {
  const subject: Subject = {
    connectionId: project.connectionId,
    projectId: project.id,
    type: facts.type,
    id: toSubjectId(facts),
  };
  const prior = await findSnapshot<Snapshot>(db, subject);
  const line = facts.type === "pipeline" ? await findLineOf(db, subject, withKnownPlace(prior, facts)) : null;
  const mergeRequest = await findMergeRequest(db, subject, facts);
  const { baseline, account, teams, mentionGrammar } = work;
  const context = { project, baseline, account, teams: [...teams], mentionGrammar, line, mergeRequest };
  return { comparison: compare(prior, facts, context), subject, prior };
}

/** Before the first save under its identity a line lies under the name that an earlier version gave it. */
async function findLineOf(
  db: Executor,
  subject: Subject,
  facts: PipelineFacts,
): Promise<PipelineLine | null> {
  const line = await findLine<PipelineLine>(db, { ...subject, line: toLine(facts) });
  const former = toFormerLine(facts);
  return line ?? (former === null ? null : findLine<PipelineLine>(db, { ...subject, line: former }));
}

/** A pipeline of a merge request concerns its author too, where a snapshot knows who that is. */
async function findMergeRequest(
  db: Executor,
  pipeline: Subject,
  facts: Facts,
): Promise<{ author: Person | null; draft: boolean } | null> {
  if (facts.type !== "pipeline" || facts.mergeRequest === undefined) return null;
  const subject: Subject = { ...pipeline, type: "merge_request", id: String(facts.mergeRequest.number) };
  const snapshot = await findSnapshot<Snapshot>(db, subject);
  return snapshot?.type === "merge_request" ? snapshot : null;
}

/** Only what was not known by its key is new. */
async function storeEvents(
  db: Executor,
  events: readonly Event[],
  now: number,
): Promise<Array<{ id: number; event: Event }>> {
  const stored: Array<{ id: number; event: Event }> = [];
  for (const event of events) {
    const id = await insertEvent(db, event, now);
    if (id !== null) stored.push({ id, event });
  }
  return stored;
}

/** Returns the key of the event once for each destination that it is owed to. */
async function oweRouted(
  db: Executor,
  { stored, project }: { stored: ReadonlyArray<{ id: number; event: Event }>; project: Project },
  work: FactsToCommit,
): Promise<string[]> {
  if (stored.length === 0) return [];
  const ids = new Map(stored.map(({ id, event }) => [event.key, id]));
  const owed: string[] = [];
  const routed = route(
    stored.map(({ event }) => event),
    work.subscriptions,
    project,
  );
  for (const { event, destination, mode } of routed) {
    const eventId = ids.get(event.key);
    if (eventId === undefined) continue;
    // Most events of most projects are nobody's news: only a card that is there, or on its way, can follow them.
    if (mode === "update" && !(await hasCard(db, toDestinationKey(destination), event))) continue;
    await oweEvent(
      db,
      {
        destination,
        mode,
        subject: toSubjectKey(event.subject),
        eventId,
        eventKey: event.key,
        happenedAt: timeOf(event),
      },
      work.now,
    );
    owed.push(event.key);
  }
  return owed;
}

function timeOf({ at }: Event): number | undefined {
  const time = Date.parse(at ?? "");
  return Number.isNaN(time) ? undefined : time;
}

function hasCard(db: Executor, destination: string, event: Event): Promise<boolean> {
  return isShownOrOwed(db, { destination, subject: toSubjectKey(event.subject) });
}

/** Only a pipeline that has not ended must be asked for again by id; merge requests rise in their list when they move. */
function isOpen(snapshot: Snapshot): boolean {
  return snapshot.type === "pipeline" && !finalStatuses.includes(snapshot.status);
}

/** Keeps the state of the pipeline's line; cards of earlier failures that are good again now are edited to say so. */
async function settleLine(
  db: Executor,
  { comparison, subject, facts }: { comparison: Comparison; subject: Subject; facts: Facts },
  now: number,
): Promise<void> {
  if (facts.type !== "pipeline") return;
  const { line, snapshot } = comparison;
  if (line != null) await saveLine(db, { ...subject, line: toLine(withKnownPlace(snapshot, facts)) }, line);
  for (const id of comparison.fixes ?? []) {
    const earlier: Subject = { ...subject, id };
    const snapshot = await findSnapshot<Snapshot>(db, earlier);
    if (snapshot?.type !== "pipeline" || id === subject.id) continue;
    await amendSnapshot(db, earlier, toFixed(snapshot, { number: facts.number, url: facts.url }));
    for (const destination of await destinationsOfCard(db, toSubjectKey(earlier))) {
      await oweUpdate(db, { destination, subject: toSubjectKey(earlier), once: `fixed by ${facts.id}` }, now);
    }
  }
}
