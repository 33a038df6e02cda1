import type { MergeRequestFacts } from "../domain/facts/index.js";
import type { Snapshot } from "../domain/snapshot.js";
import type { Subject } from "../domain/subject.js";
import { readSubject } from "../operations/read-subject.js";
import { commitFacts } from "../polling/commit-facts.js";
import { logSeen } from "../polling/log-seen.js";
import type { PollDependencies } from "../polling/poll-source.js";
import { findAccount } from "../store/accounts.js";
import { findSnapshot } from "../store/subjects.js";
import { findProject } from "../store/projects.js";

/** Reads one subject anew and commits what changed, as a poll would. */
export function createRefresh(
  dependencies: Pick<PollDependencies, "db" | "clock" | "connections" | "subscriptions" | "log">,
) {
  const { db, clock, connections, log } = dependencies;
  return async (subject: Subject, signal: AbortSignal): Promise<void> => {
    const live = connections.get(subject.connectionId);
    const project = await findProject(db, subject.connectionId, subject.projectId);
    const access = (await findAccount(db, subject.connectionId))?.access ?? null;
    if (live === undefined || project === null || access === null) return;
    const read = await readSubject({ live, project, subject }, signal);
    if (read === null) return;
    const facts = read.type === "merge_request" ? withoutWords(read) : read;
    const baseline = (await findSnapshot<Snapshot>(db, subject)) === null;
    const subscriptions = await dependencies.subscriptions();
    const committed = await db.transaction().execute((transaction) =>
      commitFacts(transaction, {
        facts: [{ project, facts }],
        baseline,
        account: access.account,
        teams: access.teams ?? [],
        mentionGrammar: live.platform.mentionGrammar,
        subscriptions,
        now: clock.now(),
      }),
    );
    logSeen(log, committed.seen, "refresh");
  };
}

/**
 * What people wrote meanwhile is the next poll's to tell: here nobody knows from when on it is news. The revision is none that a
 * list can have, so that the poll does look again.
 */
function withoutWords(facts: MergeRequestFacts): MergeRequestFacts {
  return { ...facts, happenings: [], revision: `refreshed ${facts.revision}` };
}
