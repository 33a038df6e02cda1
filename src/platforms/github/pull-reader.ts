import { Failure, isFailure } from "../../domain/failure.js";
import type { MergeRequestFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { Found, Try, Waiting } from "../set-aside.js";
import type { GitHubSession } from "./client.js";
import { readOneByRest, readPulls, type DetailedPull } from "./details.js";
import { isByRest, nextWay, type Blocked } from "./graphql-way.js";

export interface PullReader {
  /** One of the queue; undefined: it is gone. Rejects with why it could not be read. */
  read: (one: Waiting, how: Try) => Promise<Found<MergeRequestFacts> | undefined>;
  /** How GraphQL stands after this. */
  blocked(): Blocked | undefined;
}

/**
 * Reads all of the queue at once, those with the same news together, so that `read` only hands out what came. `nodes`: their node
 * ids, by number, where the list told them.
 */
export async function createPullReader(
  session: GitHubSession,
  given: {
    project: Project;
    queue: readonly Waiting[];
    nodes: ReadonlyMap<string, string | undefined>;
    blocked: Blocked | undefined;
  },
): Promise<PullReader> {
  const { project, queue, nodes } = given;
  const readings = new Map<string, DetailedPull | Failure>();
  let met: Failure | undefined;
  for (const [since, group] of bySince(queue)) {
    const wanted = group.map(({ id }) => ({ path: project.path, number: Number(id), nodeId: nodes.get(id) }));
    const read = await readPulls(session, wanted, {
      newsSince: since === "" ? undefined : since,
      what: `the changed pull requests of ${project.path}`,
      byRest: met !== undefined || isByRest(given.blocked),
    });
    met ??= read.blocked;
    read.readings.forEach((reading, index) => void readings.set(group[index]?.id ?? "", reading));
  }
  return {
    read: (one, how) => take(session, { project, one, reading: readings.get(one.id) }, how),
    blocked: () => nextWay(given.blocked, { met, tried: queue.length > 0 }),
  };
}

function bySince(queue: readonly Waiting[]): Map<string, Waiting[]> {
  const groups = new Map<string, Waiting[]>();
  for (const one of queue) groups.set(one.since, [...(groups.get(one.since) ?? []), one]);
  return groups;
}

async function take(
  session: GitHubSession,
  given: { project: Project; one: Waiting; reading: DetailedPull | Failure | undefined },
  { lenient }: Try,
): Promise<Found<MergeRequestFacts> | undefined> {
  const { project, one } = given;
  const reading = judge(given.reading, one);
  if (!isFailure(reading)) return { value: reading.facts };
  if (reading.kind === "gone") return undefined;
  // GraphQL has had its chance twice: REST is the list's own truth.
  if (!lenient || reading.code !== "lagging") throw reading;
  const newsSince = one.since === "" ? undefined : one.since;
  const number = Number(one.id);
  const second = await readOneByRest(session, { path: project.path, number }, { newsSince });
  if (!isFailure(second)) return { value: second.facts };
  if (second.kind === "gone") return undefined;
  throw second;
}

function judge(reading: DetailedPull | Failure | undefined, { id, mark }: Waiting): DetailedPull | Failure {
  const isOld =
    reading !== undefined &&
    !isFailure(reading) &&
    mark !== undefined &&
    Date.parse(reading.facts.updatedAt) < Date.parse(mark);
  if (reading !== undefined && !isOld) return reading;
  const message = `GitHub's GraphQL is behind its own list about pull request #${id}.`;
  return new Failure("unreachable", { message, code: "lagging", values: { server: "GitHub" } });
}
