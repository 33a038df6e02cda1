import type { Access } from "../domain/connection.js";
import { type Destination, toDestinationKey } from "../domain/destination.js";
import { type Failure, isFailure, type ToldFailure, toTold } from "../domain/failure.js";
import type { FeatureName } from "../domain/feature.js";
import type { PlanProblem } from "../domain/plan-problem.js";
import { connectionOf, isExactPattern, matchesPattern } from "../domain/project-pattern.js";
import type { Project } from "../domain/project.js";
import type { Subscription } from "../domain/subscription.js";
import type { LiveConnection } from "../platforms/platform.js";
import { findProjectByPath, saveProject } from "../store/projects.js";
import type { Database } from "../store/schema.js";
import { syncSources } from "../store/sources.js";
import { saveWatching } from "../store/watching.js";
import { announceWatching } from "./announcements.js";

/** What one connection must be asked for, from all subscriptions. */
export interface Planned {
  live: LiveConnection;
  access: Access;
  subscriptions: ReadonlyArray<{ subscription: Subscription; destination: Destination }>;
  /** Epoch milliseconds. */
  now: number;
}

/** A wildcard reaches this many projects, a personal subscription this many of the most recently active. */
const mostProjects = { wildcard: 500, personal: 30 };

interface Want {
  project: Project;
  features: Set<FeatureName>;
  destinations: Set<string>;
}

/**
 * Resolves the subscriptions of one connection to projects and makes their sources exist. Returns problems: a project that is not found leaves the others be.
 */
export async function planConnection(
  db: Database,
  planned: Planned,
  signal: AbortSignal,
): Promise<PlanProblem[]> {
  const wants = new Map<string, Want>();
  const problems: PlanProblem[] = [];
  const stored = new Set<Project>();
  let inboxFor: string[] = [];
  for (const { subscription, destination } of planned.subscriptions) {
    const found = await resolveSubscription(db, { planned, subscription, problems, stored }, signal);
    const key = toDestinationKey(destination);
    for (const project of found)
      addWant(wants, { project, subscription, key: subscription.projects === undefined ? null : key });
    if (subscription.projects === undefined) inboxFor = [...inboxFor, key];
  }
  const projects = [...wants.values()].map((want) => ({
    project: want.project,
    features: [...want.features],
  }));
  const sources = planned.live.client.sourcesFor({
    projects,
    personal: inboxFor.length > 0,
    access: planned.access,
  });
  const connectionId = planned.live.connection.id;
  await db.transaction().execute(async (transaction) => {
    for (const { project } of projects) if (!stored.has(project)) await saveProject(transaction, project);
    await syncSources(transaction, connectionId, sources);
    await saveWatching(transaction, [
      ...inboxFor.map((destination) => ({ destination, connectionId, projectId: null })),
      ...[...wants.values()].flatMap((want) =>
        [...want.destinations].map((destination) => ({
          destination,
          connectionId,
          projectId: want.project.id,
        })),
      ),
    ]);
    // What is polled already for somebody else has no first poll that would say it.
    await announceWatching(transaction, { connectionId, now: planned.now });
  });
  return problems;
}

/** `key` null: a personal subscription wants the project polled, but it is not what the person asked to watch. */
function addWant(
  wants: Map<string, Want>,
  { project, subscription, key }: { project: Project; subscription: Subscription; key: string | null },
): void {
  const want = wants.get(project.id) ?? {
    project,
    features: new Set<FeatureName>(),
    destinations: new Set<string>(),
  };
  wants.set(project.id, want);
  for (const feature of subscription.features) want.features.add(feature);
  if (key !== null) want.destinations.add(key);
}

interface Resolving {
  planned: Planned;
  subscription: Subscription;
  problems: PlanProblem[];
  /** Projects that came from the database, where they need not be written again. */
  stored: Set<Project>;
}

async function resolveSubscription(
  db: Database,
  resolving: Resolving,
  signal: AbortSignal,
): Promise<Project[]> {
  const { planned, subscription, problems, stored } = resolving;
  const { client, connection } = planned.live;
  if (subscription.projects === undefined)
    return client.searchProjects({ limit: mostProjects.personal }, signal);
  const projects: Project[] = [];
  for (const pattern of subscription.projects) {
    const wanted = connectionOf(pattern);
    if (wanted !== undefined && wanted !== connection.id) continue;
    try {
      projects.push(...(await resolvePattern(db, { live: planned.live, pattern, stored, problems }, signal)));
    } catch (error) {
      if (!isFailure(error) || isOfTheConnection(error)) throw error;
      problems.push({ where: pattern, failure: toTold(error) });
    }
  }
  return projects;
}

/** Such a failure says nothing about the project. */
export function isOfTheConnection(failure: Failure): boolean {
  return failure.kind === "unauthorized" || failure.kind === "unreachable" || failure.kind === "throttled";
}

function tooMany(limit: number): ToldFailure {
  return {
    kind: "rejected",
    code: "too_many_projects",
    values: { limit },
    message: `More than ${limit} projects match, so only the ${limit} most recently active are watched.`,
    remedy: "Use a narrower pattern, such as one for each group.",
  };
}

async function resolvePattern(
  db: Database,
  {
    live,
    pattern,
    stored,
    problems,
  }: { live: LiveConnection; pattern: string } & Pick<Resolving, "stored" | "problems">,
  signal: AbortSignal,
): Promise<Project[]> {
  const path = pattern.slice(pattern.indexOf(":") + 1);
  if (isExactPattern(pattern)) {
    // A path of before still means the project that had it: it is followed by its id.
    const known = await findProjectByPath(db, live.connection.id, path);
    if (known === null) return [await live.client.findProject(path, signal)];
    stored.add(known);
    return [known];
  }
  const text = path.slice(0, path.indexOf("*")).replace(/\/$/, "");
  const most = mostProjects.wildcard;
  const query = { limit: most + 1, ...(text === "" ? {} : { text }) };
  const found = await live.client.searchProjects(query, signal);
  if (found.length > most) problems.push({ where: pattern, failure: tooMany(most) });
  return found.slice(0, most).filter((project) => !project.archived && matchesPattern(pattern, project));
}
