import type { Cursor } from "../../../src/domain/cursor.js";
import { finalStatuses, toSubjectId, type Facts } from "../../../src/domain/facts/index.js";
import type { Project } from "../../../src/domain/project.js";
import type { SourceKind } from "../../../src/domain/source.js";
import type { PollOutcome } from "../../../src/platforms/platform.js";
import type { GitLabFixture } from "./gitlab-world.js";

export interface Poller {
  cursor: Cursor | null;
  project: Project | null;
  /** Keeps the cursor and the revisions, as the core does. */
  poll(): Promise<PollOutcome>;
  /** The facts alone, of one poll. */
  facts(): Promise<Facts[]>;
}

export async function createPoller(fixture: GitLabFixture, kind: SourceKind): Promise<Poller> {
  const account = (await fixture.connection.checkAccess(signal())).account;
  const known = new Map<string, Facts>();
  const poller: Poller = {
    cursor: null,
    project: kind === "inbox" ? null : await fixture.project(),
    async poll() {
      const outcome = await fixture.connection.poll(
        {
          source: { connectionId: "work", kind, projectId: poller.project?.id ?? null },
          project: poller.project,
          cursor: poller.cursor,
          account,
          known: (subject) => known.get(`${subject.projectId}/${subject.type}/${subject.id}`)?.revision,
          openPipelines: [...known.values()].flatMap((one) =>
            one.type === "pipeline" && !finalStatuses.includes(one.status) ? [one.id] : [],
          ),
        },
        signal(),
      );
      poller.cursor = JSON.parse(JSON.stringify(outcome.cursor)) as Cursor;
      for (const { project, facts } of outcome.facts) {
        known.set(`${project.id}/${facts.type}/${toSubjectId(facts)}`, facts);
      }
      return outcome;
    },
    facts: async () => (await poller.poll()).facts.map((one) => one.facts),
  };
  return poller;
}

export function only<T extends Facts["type"]>(facts: Facts[], type: T): Extract<Facts, { type: T }> {
  const found = facts.filter((one): one is Extract<Facts, { type: T }> => one.type === type);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`expected one ${type}, got ${JSON.stringify(facts.map((one) => one.type))}`);
  }
  return found[0];
}

export function signal(): AbortSignal {
  return new AbortController().signal;
}
