import { isDelivered, type FeatureName } from "../../domain/feature.js";
import { toSourceId, type Source, type SourceKind } from "../../domain/source.js";
import type { Connection } from "../../domain/connection.js";
import type { Project } from "../../domain/project.js";
import type {
  Platform,
  PlatformConnection,
  PlatformContext,
  PollOutcome,
  PollRequest,
  SourceWants,
} from "../platform.js";
import { toFound, withFound } from "../found.js";
import { checkAccess } from "./access.js";
import { act } from "./actions.js";
import { createSessions } from "./client.js";
import { pollDocs } from "./docs.js";
import { pollInbox } from "./inbox.js";
import { toProjectUrl } from "./links.js";
import { readLogTail } from "./log-tail.js";
import { readMergeRequestDetails } from "./merge-request-details.js";
import { mentionGrammar } from "./mention-grammar.js";
import { listMergeRequests, pollMergeRequests } from "./merge-requests.js";
import { readPipelineDetails } from "./pipeline-details.js";
import { listPipelines, pollPipelines } from "./pipelines.js";
import { findProject, readProject, searchProjects } from "./projects.js";
import { setup } from "./setup.js";
import { routes } from "./routes.js";
import { requireProject, type PartOutcome, type Visit } from "./visit.js";
import { pollWiki } from "./wiki.js";

/** GitLab.com and self-managed instances, also under a sub-path. */
export const gitlab: Platform = {
  id: "gitlab",
  label: "GitLab",
  words: { mergeRequest: "MR", sigil: "!", pipeline: "pipeline" },
  mentionGrammar,
  routes,
  defaultUrl: "https://gitlab.com",
  setup,
  connect: connectGitLab,
};

function connectGitLab(connection: Connection, context: PlatformContext): PlatformConnection {
  const openSession = createSessions(connection, context);
  const visit = (signal: AbortSignal): Visit => ({ connection, context, session: openSession(signal) });
  // An address that was stored once may name another host.
  const own = (project: Project): Project => ({ ...project, url: toProjectUrl(connection, project.path) });
  return {
    checkAccess: (signal) => checkAccess(visit(signal)),
    searchProjects: (query, signal) => searchProjects(visit(signal), query),
    findProject: (path, signal) => findProject(visit(signal), path),
    refreshProject: (project, signal) => readProject(visit(signal), project.id, project.path),
    sourcesFor: (wants) => toSources(connection, wants),
    poll: (request, signal) =>
      poll(visit(signal), { ...request, project: request.project === null ? null : own(request.project) }),
    act: (action, signal) => act(visit(signal), action),
    readMergeRequest: (project, number, signal) =>
      readMergeRequestDetails(visit(signal), { project: own(project), number }),
    readPipeline: (project, id, signal) => readPipelineDetails(visit(signal), { project: own(project), id }),
    listPipelines: (project, limit, signal) =>
      listPipelines({ ...visit(signal), project: own(project) }, limit),
    listMergeRequests: (project, limit, signal) =>
      listMergeRequests({ ...visit(signal), project: own(project) }, limit),
    readLogTail: (request, signal) => readLogTail(visit(signal), request),
  };
}

async function poll(visit: Visit, request: PollRequest): Promise<PollOutcome> {
  const part = await pollPart(visit, request);
  const quota = visit.session.quota();
  const { renamed } = part;
  const found = toFound(visit.session.reported(), request.cursor);
  return {
    ...part,
    cursor: withFound(part.cursor, found),
    shortfalls: [...(part.shortfalls ?? []), ...found],
    // What was found on the way belongs to the project as it is called now.
    facts: part.facts.map((one) => (one.project.id === renamed?.id ? { ...one, project: renamed } : one)),
    ...(quota === undefined ? {} : { quota }),
  };
}

function pollPart(visit: Visit, request: PollRequest): Promise<PartOutcome> {
  if (request.source.kind === "inbox") return pollInbox({ ...visit, request });
  const ofProject = { ...visit, request, project: requireProject(request) };
  switch (request.source.kind) {
    case "mergeRequests":
      return pollMergeRequests(ofProject);
    case "pipelines":
      return pollPipelines(ofProject);
    case "repository":
      return pollDocs(ofProject);
    case "wiki":
      return pollWiki(ofProject);
  }
}

/** Which source brings a feature. Those that nothing brings yet have none. */
const sourceOf: Partial<Record<FeatureName, SourceKind>> = {
  pipelines: "pipelines",
  mentions: "mergeRequests",
  reviews: "mergeRequests",
  assignments: "mergeRequests",
  merge_requests: "mergeRequests",
  comments: "mergeRequests",
  docs: "repository",
  wiki: "wiki",
};

function toSources(connection: Connection, wants: SourceWants): Source[] {
  const sources = new Map<string, Source>();
  const add = (kind: SourceKind, projectId: string | null) => {
    const source: Source = { connectionId: connection.id, kind, projectId };
    sources.set(toSourceId(source), source);
  };
  if (wants.access.inbox && (wants.personal || wantsIssues(wants))) add("inbox", null);
  for (const { project, features } of wants.projects) {
    for (const feature of features.filter(isDelivered)) {
      const kind = sourceOf[feature];
      if (kind === undefined || (kind === "wiki" && !project.hasWiki)) continue;
      add(kind, project.id);
    }
  }
  return [...sources.values()];
}

/** Issues that are assigned to the account, or mention it, come through its inbox alone, whatever rule asks for them. */
function wantsIssues({ projects }: SourceWants): boolean {
  return projects.some(({ features }) => features.includes("assignments") || features.includes("mentions"));
}
