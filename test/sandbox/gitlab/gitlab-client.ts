import { startGitLabSandbox, type GitLabSandbox } from "../../../src/sandbox/gitlab/index.js";

/** JSON as a test reads it: a key that is not there is undefined at run time, and the expectation fails. */
export interface Json {
  [key: string]: Json;
}

/** A name, number or text of an answer as text. */
export function word(value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new Error("The answer has no text or number there.");
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Json;
  /** The same as a list; empty where the answer is none. */
  rows: Json[];
}

export interface Client {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: object): Promise<Answer>;
  put(path: string, body?: object): Promise<Answer>;
}

export function createClient(sandbox: GitLabSandbox, token: string): Client {
  async function call(method: string, path: string, more: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${sandbox.url}/api/v4${path}`, {
      ...more,
      method,
      redirect: "manual",
      headers: { authorization: `Bearer ${token}`, ...(more.headers as Record<string, string>) },
    });
    const text = await response.text();
    const isJson = (response.headers.get("content-type") ?? "").includes("json") && text !== "";
    const json = (isJson ? JSON.parse(text) : null) as Json;
    const rows = Array.isArray(json) ? (json as Json[]) : [];
    return { status: response.status, headers: response.headers, text, json, rows };
  }
  const write = (body: object | undefined) => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  return {
    get: (path, headers) => call("GET", path, { headers: headers ?? {} }),
    post: (path, body) => call("POST", path, write(body)),
    put: (path, body) => call("PUT", path, write(body)),
  };
}

export interface Stage {
  sandbox: GitLabSandbox;
  clock: { now: number };
  /** Clients of ann, bob and eve; eve is no member of `acme/api`. */
  ann: Client;
  bob: Client;
  eve: Client;
  /** `/projects/101` of the project `acme/api`. */
  project: string;
}

/** A GitLab with three people and one project, at a fixed time that only the test moves. */
export async function stage(options: { subPath?: "" | "/gitlab" } = {}): Promise<Stage> {
  const clock = { now: Date.parse("2026-11-02T10:00:00.000Z") };
  const sandbox = await startGitLabSandbox({ now: () => clock.now, ...options });
  for (const username of ["ann", "bob", "eve"]) {
    sandbox.addUser(username);
    sandbox.addToken(`token-${username}`, { username, scopes: ["api"], expiresAt: "2027-06-30" });
  }
  const { id } = sandbox.addProject("acme/api", { members: ["ann", "bob"] });
  clock.now += 1000;
  const client = (username: string) => createClient(sandbox, `token-${username}`);
  return {
    sandbox,
    clock,
    ann: client("ann"),
    bob: client("bob"),
    eve: client("eve"),
    project: `/projects/${id}`,
  };
}
