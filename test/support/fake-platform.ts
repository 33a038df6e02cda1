import { mentionGrammar } from "../../src/platforms/github/mention-grammar.js";
import type { Action, ActionResult } from "../../src/domain/action.js";
import type { Access, Connection } from "../../src/domain/connection.js";
import { Failure } from "../../src/domain/failure.js";
import type { Facts, MergeRequestFacts, PipelineFacts } from "../../src/domain/facts/index.js";
import type { Project } from "../../src/domain/project.js";
import { plainRoutes, type Routes } from "../../src/domain/routes.js";
import { type Source, toSourceId } from "../../src/domain/source.js";
import type {
  LiveConnection,
  LogRequest,
  Platform,
  PlatformConnection,
  PollOutcome,
  PollRequest,
} from "../../src/platforms/platform.js";
import { at, aProject, ann } from "./builders.js";

/** A third platform, whose answers a test sets. */
export interface FakePlatform {
  platform: Platform;
  projects: Project[];
  access: Access;
  /** What the next polls of a source answer, by its id; after the last one: nothing new. A failure is rejected with. */
  answers: Map<string, Array<Partial<PollOutcome> | Error>>;
  /** Every poll that was asked for. */
  polls: PollRequest[];
  actions: Action[];
  /** What `act` does; default: done. */
  act: (action: Action) => Promise<ActionResult>;
  /** Rejected with by every request but polls, while set. */
  trouble: Error | null;
  searches: number;
  /** Called while a poll is under way. */
  onPoll: (request: PollRequest) => Promise<void>;
  /** What can be read by itself, by number or id. */
  readable: Map<string, MergeRequestFacts | PipelineFacts>;
  sourcesFor: PlatformConnection["sourcesFor"];
  /** The end of a job's log. */
  log: (request: LogRequest) => string;
}

export function createFakePlatform(): FakePlatform {
  const fake: FakePlatform = {
    platform: {
      id: "forge",
      mentionGrammar,
      routes: forgeRoutes,
      label: "Forge",
      words: { mergeRequest: "CR", sigil: "#", pipeline: "build" },
      defaultUrl: "https://forge.example",
      connect: () => connect(fake),
    },
    projects: [aProject({ connectionId: "forge", lastActivityAt: at(0) })],
    access: {
      account: { id: ann.id, login: "ann" },
      tokenKind: "token",
      scopes: [],
      lacks: [],
      inbox: true,
    },
    answers: new Map(),
    polls: [],
    actions: [],
    act: async () => ({ outcome: "done", note: "done" }),
    trouble: null,
    searches: 0,
    onPoll: async () => {},
    readable: new Map(),
    log: () => "the end of the log",
    sourcesFor: ({ projects, personal }) => [
      ...projects.map(({ project }): Source => source(project.id)),
      ...(personal ? [{ connectionId: "forge", kind: "inbox" as const, projectId: null }] : []),
    ],
  };
  return fake;
}

export const forgeRoutes: Routes = {
  ...plainRoutes,
  label: "Forge",
  subjects: [{ type: "merge_request", page: /^changes\/(\d+)/ }],
  endsBefore: { changes: /^\d+$/ },
};

export function source(projectId: string): Source {
  return { connectionId: "forge", kind: "pipelines", projectId };
}

/** The id of the pipelines source of the project that every fake platform begins with. */
export const pipelinesId = toSourceId(source("7"));

export function aConnection(changes: Partial<Connection> = {}): Connection {
  return {
    id: "forge",
    platform: "forge",
    url: "https://forge.example",
    allowPrivateAddress: false,
    allowHttp: false,
    ...changes,
  };
}

/** The platform with its one connection, as the core holds it. */
export function toLive(fake: FakePlatform): LiveConnection {
  return { connection: aConnection(), platform: fake.platform, client: connect(fake) };
}

export function withProject(project: Project, ...facts: Facts[]): PollOutcome["facts"] {
  return facts.map((one) => ({ project, facts: one }));
}

function connect(fake: FakePlatform): PlatformConnection {
  const answered = <T>(answer: () => T): Promise<T> =>
    fake.trouble === null ? Promise.resolve().then(answer) : Promise.reject(fake.trouble);
  const find = (fits: (project: Project) => boolean, name: string) => {
    const found = fake.projects.find(fits);
    if (found === undefined) throw new Failure("gone", { message: `${name} is not on this forge.` });
    return found;
  };
  const read = (id: string) => {
    const facts = fake.readable.get(id);
    if (facts === undefined) throw new Failure("gone", { message: `${id} is not there.` });
    return facts;
  };
  return {
    checkAccess: () => answered(() => fake.access),
    searchProjects: ({ text, limit }) =>
      answered(() => {
        fake.searches += 1;
        return fake.projects.filter(({ path }) => path.includes(text ?? "")).slice(0, limit);
      }),
    findProject: (path) => answered(() => find((project) => project.path === path, path)),
    refreshProject: ({ id, path }) => answered(() => find((project) => project.id === id, path)),
    sourcesFor: (wants) => fake.sourcesFor(wants),
    poll: (request) => poll(fake, request),
    act: async (action) => {
      fake.actions.push(action);
      return fake.act(action);
    },
    readMergeRequest: (_project, number) =>
      answered(() => expectType<MergeRequestFacts>(read(String(number)), "merge_request")),
    readPipeline: (_project, id) => answered(() => expectType<PipelineFacts>(read(id), "pipeline")),
    listPipelines: () =>
      answered(() => [...fake.readable.values()].filter((facts) => facts.type === "pipeline")),
    listMergeRequests: () =>
      answered(() => [...fake.readable.values()].filter((facts) => facts.type === "merge_request")),
    readLogTail: (request) => answered(() => fake.log(request)),
  };
}

function expectType<T extends Facts>(facts: MergeRequestFacts | PipelineFacts, type: T["type"]): T {
  if (facts.type !== type) throw new Failure("gone", { message: "That is something else." });
  return facts as T;
}

async function poll(fake: FakePlatform, request: PollRequest): Promise<PollOutcome> {
  fake.polls.push(request);
  await fake.onPoll(request);
  const answer = fake.answers.get(toSourceId(request.source))?.shift() ?? {};
  if (answer instanceof Error) throw answer;
  return { facts: [], cursor: `after ${fake.polls.length}`, activity: "warm", ...answer };
}
