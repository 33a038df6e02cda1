import type { Connection } from "../../domain/connection.js";
import { Failure } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import type { Platform, PlatformConnection, PlatformContext, PollOutcome, PollRequest } from "../platform.js";
import { toFound, withFound } from "../found.js";
import { checkAccess, sourcesFor } from "./access.js";
import { act } from "./actions.js";
import { createGitHubClient, type GitHubSession, type OpenSession } from "./client.js";
import { pollDocs } from "./docs.js";
import { pollInbox } from "./inbox.js";
import { readLogTail, type LogWay } from "./logs.js";
import { mentionGrammar } from "./mention-grammar.js";
import { listMergeRequests, pollMergeRequests, readMergeRequest } from "./merge-requests.js";
import { listPipelines, pollPipelines, readPipeline } from "./pipelines.js";
import { findProject, following, refreshProject, searchProjects, type Place } from "./projects.js";
import { setup } from "./setup.js";
import { routes } from "./routes.js";
import { toApiUrl } from "./urls.js";
import { withOwnProjectUrl, withOwnUrls } from "./links.js";
import { pollWiki } from "./wiki.js";

/** github.com, GHE.com and GitHub Enterprise Server. */
export const github: Platform = {
  id: "github",
  label: "GitHub",
  words: { mergeRequest: "PR", sigil: "#", pipeline: "run" },
  mentionGrammar,
  routes,
  defaultUrl: "https://github.com",
  setup,
  apiUrl: toApiUrl,
  connect: connectGitHub,
};

function connectGitHub(connection: Connection, context: PlatformContext): PlatformConnection {
  const session = createGitHubClient(toApiUrl(connection), context);
  const webUrl = connection.url.replace(/\/+$/, "");
  const ownProject = (project: Project) => withOwnProjectUrl(webUrl, project);
  return {
    checkAccess: (signal) => checkAccess(session(signal)),
    async searchProjects(query, signal) {
      return (await searchProjects(session(signal), query, connection.id)).map(ownProject);
    },
    async findProject(path, signal) {
      return ownProject(await findProject(session(signal), path, connection.id));
    },
    async refreshProject(project, signal) {
      return ownProject(await refreshProject(session(signal), project));
    },
    sourcesFor: (wants) => sourcesFor(wants, connection.id),
    poll: (request, signal) => poll({ session, context, webUrl, signal }, request),
    act: (action, signal) => act(session(signal), action),
    async readMergeRequest(project, number, signal) {
      const facts = await readMergeRequest(session(signal), project, number);
      return withOwnUrls(webUrl, ownProject(project), facts);
    },
    async readPipeline(project, id, signal) {
      const open = session(signal);
      const { facts } = await following(open, project, (place) => readPipeline(open, place, id));
      return withOwnUrls(webUrl, ownProject(project), facts);
    },
    async listPipelines(project, limit, signal) {
      const open = session(signal);
      const { rows } = await following(open, project, (place) => listPipelines(open, place, limit));
      return rows.map((facts) => withOwnUrls(webUrl, ownProject(project), facts));
    },
    async listMergeRequests(project, limit, signal) {
      const open = session(signal);
      const { rows } = await following(open, project, (place) => listMergeRequests(open, place, limit));
      return rows.map((facts) => withOwnUrls(webUrl, ownProject(project), facts));
    },
    readLogTail: (request, signal) => readLogTail(toLogWay(session(signal), context, signal), request),
  };
}

function toLogWay(session: GitHubSession, { http, clock }: PlatformContext, signal: AbortSignal): LogWay {
  return { session, http, signal, now: clock.now() };
}

type Poll = (way: LogWay, place: Place, request: PollRequest) => Promise<PollOutcome>;

const projectPolls: Record<"mergeRequests" | "pipelines" | "repository", Poll> = {
  mergeRequests: ({ session }, place, request) => pollMergeRequests(session, place, request),
  pipelines: pollPipelines,
  repository: ({ session }, place, request) => pollDocs(session, place, request),
};

async function poll(
  given: { session: OpenSession; context: PlatformContext; webUrl: string; signal: AbortSignal },
  request: PollRequest,
): Promise<PollOutcome> {
  const session = given.session(given.signal);
  const outcome = await pollSource(session, given, request);
  const quota = session.quota();
  const found = toFound(session.reported(), request.cursor);
  const { renamed } = outcome;
  return {
    ...outcome,
    cursor: withFound(outcome.cursor, found),
    shortfalls: [...(outcome.shortfalls ?? []), ...found],
    facts: outcome.facts.map((one) => {
      const project = withOwnProjectUrl(given.webUrl, one.project);
      return { project, facts: withOwnUrls(given.webUrl, project, one.facts) };
    }),
    ...(renamed === undefined ? {} : { renamed: withOwnProjectUrl(given.webUrl, renamed) }),
    ...(quota === undefined ? {} : { quota }),
  };
}

async function pollSource(
  session: GitHubSession,
  given: { context: PlatformContext; webUrl: string; signal: AbortSignal },
  request: PollRequest,
): Promise<PollOutcome> {
  const { kind } = request.source;
  if (kind === "inbox") return pollInbox(session, request);
  const project = assertProject(request);
  if (kind === "wiki") return pollWiki({ ...given, session }, { ...request, project });
  const way = toLogWay(session, given.context, given.signal);
  return following(session, project, (place) => projectPolls[kind](way, place, request));
}

function assertProject(request: PollRequest): Project {
  if (request.project !== null) return request.project;
  throw new Failure("rejected", {
    message: `The source ${request.source.kind} needs a project.`,
    code: "defect",
  });
}
