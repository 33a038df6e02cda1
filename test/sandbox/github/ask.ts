import { startGitHubSandbox, type GitHubSandbox } from "../../../src/sandbox/github/index.js";

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON, or undefined for an empty body. */
  data: never;
}

export type Ask = (
  line: string,
  options?: { token?: string; body?: object; headers?: Record<string, string> },
) => Promise<Answer>;

/** `ask("GET /user")` as Ann, whose classic token is `ann-classic`. */
export function createAsk(sandbox: GitHubSandbox): Ask {
  return async (line, options = {}) => {
    const [method = "GET", path = "/"] = line.split(" ");
    const response = await fetch(sandbox.apiUrl + path, {
      method,
      redirect: "manual",
      headers: {
        "user-agent": "test",
        authorization: `Bearer ${options.token ?? "ann-classic"}`,
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const data: unknown = text === "" ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, data: data as never };
  };
}

export async function query(
  sandbox: GitHubSandbox,
  text: string,
  variables: object = {},
  token = "ann-classic",
): Promise<{ status: number; headers: Headers; data: never; errors: never }> {
  const response = await fetch(`${sandbox.url}/api/graphql`, {
    method: "POST",
    headers: { "user-agent": "test", authorization: `bearer ${token}` },
    body: JSON.stringify({ query: text, variables }),
  });
  const answer = (await response.json()) as { data: never; errors: never };
  return { status: response.status, headers: response.headers, ...answer };
}

/** Ann, Bob, a bot and a team around `acme/api`; time stands still until `clock.ms` is moved. */
export async function startAcme(): Promise<{ sandbox: GitHubSandbox; ask: Ask; clock: { ms: number } }> {
  const clock = { ms: Date.parse("2026-11-20T10:00:00Z") };
  const sandbox = await startGitHubSandbox({ now: () => clock.ms });
  sandbox.addUser("ann", { name: "Ann Lee" });
  sandbox.addUser("bob");
  sandbox.addUser("renovate[bot]", { bot: true });
  sandbox.addTeam("acme/core", ["ann", "bob"]);
  sandbox.addToken("ann-classic", { login: "ann", kind: "classic" });
  sandbox.addToken("ann-fine", { login: "ann", kind: "fine-grained", expiresAt: "2026-12-01T00:00:00Z" });
  sandbox.addToken("bob-classic", { login: "bob", kind: "classic" });
  sandbox.addRepository("acme/api", { private: true });
  return { sandbox, ask: createAsk(sandbox), clock };
}
