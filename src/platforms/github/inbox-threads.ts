import { Failure, isFailure } from "../../domain/failure.js";
import type { Facts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { PollRequest } from "../platform.js";
import { readEach, toShortfalls, type Found, type SetAside, type Try, type Waiting } from "../set-aside.js";
import type { GitHubSession } from "./client.js";
import { readOneByRest, readPulls, type DetailedPull } from "./details.js";
import { isByRest, nextWay, toBlockedShortfall, type Blocked } from "./graphql-way.js";
import { readIssue } from "./inbox-issues.js";
import { readPage } from "./inbox-pages.js";
import { toProject } from "./normalize.js";
import { findProject } from "./projects.js";
import type { NotificationAnswer } from "./schema.js";

type Told = { project: Project; facts: Facts };

interface Telling {
  threads: readonly NotificationAnswer[];
  newsSince: string | undefined;
  /** From when on threads are news that could not be read when they were seen first, by their id. */
  owed: ReadonlyMap<string, string>;
  aside: readonly SetAside[];
  blocked: Blocked | undefined;
  /** By the server's clock (ISO). */
  now: string;
  request: PollRequest;
}

/** What the subject of a thread is; `pull acme/api#12` is its id while it is set aside. */
interface Address {
  kind: "pull" | "issue";
  path: string;
  number: number;
}

/** What the threads point at, and what was set aside earlier. A thread is only a hint: its subject is read itself. */
export async function tellThreads(session: GitHubSession, telling: Telling) {
  const { threads, aside, now, request } = telling;
  const pages = await tellPages(session, telling);
  const fresh = threads.flatMap((thread): Waiting[] => {
    const address = addressOf(thread);
    return address === null
      ? []
      : [{ id: toId(address), since: telling.owed.get(thread.id) || (telling.newsSince ?? "") }];
  });
  // What is set aside is read when its time comes, from where its news began.
  const known = new Set(aside.map(({ id }) => id));
  const queue = [...aside.filter(({ next }) => next <= now), ...fresh.filter(({ id }) => !known.has(id))];
  const pulls = await readAllPulls(session, queue, telling.blocked);
  const projects = new Map(
    threads.map(({ repository }) => [
      repository.full_name.toLowerCase(),
      toProject(repository, request.source.connectionId),
    ]),
  );
  const reading = { session, request, pulls: pulls.readings, projects };
  const read = await readEach({ fresh, aside, now }, (one, how) => readSubject(reading, one, how));
  const blocked = nextWay(telling.blocked, { met: pulls.met, tried: pulls.tried });
  return {
    facts: [...read.values, ...pages].sort((a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b))),
    aside: read.aside,
    blocked,
    shortfalls: [
      ...toShortfalls(read.aside, (id) => id.slice(id.indexOf(" ") + 1)),
      ...toBlockedShortfall(blocked),
    ],
  };
}

function timeOf({ facts }: Told): string {
  return facts.type === "merge_request" || facts.type === "issue" ? facts.updatedAt : "";
}

const kinds: Record<string, Address["kind"]> = { PullRequest: "pull", Issue: "issue" };

function addressOf({ subject, repository }: NotificationAnswer): Address | null {
  const kind = kinds[subject.type];
  const digits = /\/(?:pulls|issues)\/(\d+)$/.exec(subject.url ?? "")?.[1];
  return kind === undefined || digits === undefined
    ? null
    : { kind, path: repository.full_name, number: Number(digits) };
}

function toId({ kind, path, number }: Address): string {
  return `${kind} ${path}#${number}`;
}

function toAddress(id: string): Address {
  const [, kind, path = "", number] = /^(pull|issue) (.+)#(\d+)$/.exec(id) ?? [];
  return { kind: kind === "pull" ? "pull" : "issue", path, number: Number(number) };
}

/** All of them in few requests, those with the same news together. */
async function readAllPulls(session: GitHubSession, queue: readonly Waiting[], blocked: Blocked | undefined) {
  const readings = new Map<string, DetailedPull | Failure>();
  const wanted = queue.filter(({ id }) => toAddress(id).kind === "pull");
  let met: Failure | undefined;
  for (const since of new Set(wanted.map((one) => one.since))) {
    const group = wanted.filter((one) => one.since === since);
    const read = await readPulls(
      session,
      group.map(({ id }) => toAddress(id)),
      {
        newsSince: since === "" ? undefined : since,
        what: "the pull requests of your notifications",
        byRest: met !== undefined || isByRest(blocked),
      },
    );
    met ??= read.blocked;
    read.readings.forEach((reading, index) => void readings.set(group[index]?.id ?? "", reading));
  }
  return { readings, met, tried: wanted.length > 0 };
}

interface Reading {
  session: GitHubSession;
  request: PollRequest;
  pulls: ReadonlyMap<string, DetailedPull | Failure>;
  projects: Map<string, Project>;
}

/** undefined: deleted, or not to be seen (any more). A refusal may be of the moment: it is set aside. */
async function readSubject(reading: Reading, one: Waiting, how: Try): Promise<Found<Told> | undefined> {
  const address = toAddress(one.id);
  const newsSince = one.since === "" ? undefined : one.since;
  try {
    const project = await findOwner(reading, address.path);
    if (address.kind === "issue") {
      const { facts } = await readIssue(reading.session, { ...address, newsSince });
      return { value: { project, facts } };
    }
    const facts = await pullOf(reading, { one, address, newsSince, project }, how);
    return { value: { project, facts } };
  } catch (error) {
    if (isFailure(error) && error.kind === "gone") return undefined;
    throw error;
  }
}

async function pullOf(
  { session, pulls }: Reading,
  given: { one: Waiting; address: Address; newsSince: string | undefined; project: Project },
  { lenient }: Try,
) {
  const { one, address, newsSince, project } = given;
  const first = pulls.get(one.id) ?? unread(one.id);
  const isLagging = isFailure(first) && first.code === "lagging";
  const reading = isLagging && lenient ? await readOneByRest(session, address, { newsSince }) : first;
  if (isFailure(reading)) throw reading;
  // The name has passed to another repository: the thread's pull request is not there.
  if (reading.projectId !== project.id) throw unread(one.id);
  return reading.facts;
}

function unread(id: string): Failure {
  const message = `GitHub's GraphQL had nothing to say of ${id}.`;
  return new Failure("unreachable", { message, code: "lagging", values: { server: "GitHub" } });
}

/** A subject set aside earlier has no thread at hand that tells of its repository. */
async function findOwner({ session, request, projects }: Reading, path: string): Promise<Project> {
  const known = projects.get(path.toLowerCase());
  if (known !== undefined) return known;
  const found = await findProject(session, path, request.source.connectionId);
  projects.set(path.toLowerCase(), found);
  return found;
}

/** Threads about what is neither: a discussion, a commit, a release. They tell no more than that the account was meant. */
async function tellPages(
  session: GitHubSession,
  { threads, owed, request, ...telling }: Telling,
): Promise<Told[]> {
  const told: Told[] = [];
  for (const thread of threads) {
    if (kinds[thread.subject.type] !== undefined) continue;
    const project = toProject(thread.repository, request.source.connectionId);
    const newsSince = owed.get(thread.id) || telling.newsSince;
    const facts = await readPage(session, { thread, project, newsSince, byRest: isByRest(telling.blocked) });
    if (facts !== null) told.push({ project, facts });
  }
  return told;
}
