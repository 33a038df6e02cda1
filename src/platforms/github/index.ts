import type { Connection } from "../../domain/connection.js";
import { Failure } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import type { Platform, PlatformConnection, PlatformContext, PollOutcome, PollRequest } from "../platform.js";
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
import { parseUrl, toApiUrl } from "./urls.js";
import { pollWiki } from "./wiki.js";

/** github.com, GHE.com and GitHub Enterprise Server. */
export const github: Platform = {
  id: "github",
  label: "GitHub",
  words: { mergeRequest: "PR", sigil: "#", pipeline: "run" },
  mentionGrammar,
  defaultUrl: "https://github.com",
  setup,
  apiUrl: toApiUrl,
  connect: connectGitHub,
};

function connectGitHub(connection: Connection, context: PlatformContext): PlatformConnection {
  const session = createGitHubClient(toApiUrl(connection), context);
  return {
    checkAccess: (signal) => checkAccess(session(signal)),
    searchProjects: (query, signal) => searchProjects(session(signal), query, connection.id),
    findProject: (path, signal) => findProject(session(signal), path, connection.id),
    refreshProject: (project, signal) => refreshProject(session(signal), project),
    sourcesFor: (wants) => sourcesFor(wants, connection.id),
    poll: (request, signal) =>
      poll({ session, context, webUrl: connection.url.replace(/\/+$/, ""), signal }, request),
    act: (action, signal) => act(session(signal), action),
    readMergeRequest: (project, number, signal) => readMergeRequest(session(signal), project, number),
    async readPipeline(project, id, signal) {
      const open = session(signal);
      return (await following(open, project, (place) => readPipeline(open, place, id))).facts;
    },
    async listPipelines(project, limit, signal) {
      const open = session(signal);
      return (await following(open, project, (place) => listPipelines(open, place, limit))).rows;
    },
    async listMergeRequests(project, limit, signal) {
      const open = session(signal);
      return (await following(open, project, (place) => listMergeRequests(open, place, limit))).rows;
    },
    readLogTail: (request, signal) => readLogTail(toLogWay(session(signal), context, signal), request),
    parseUrl: (url) => parseUrl(url, connection),
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
  return quota === undefined ? outcome : { ...outcome, quota };
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
  throw new Failure("rejected", { message: `The source ${request.source.kind} needs a project.` });
}
