import { afterEach, beforeEach, expect, it } from "vitest";
import { addCounts, countQuota } from "../../bench/quota-count.mjs";
import { type GitHubSandbox, startGitHubSandbox } from "../../src/sandbox/github/index.js";

let github: GitHubSandbox;
beforeEach(async () => {
  github = await startGitHubSandbox();
  for (const login of ["mia", "nils"]) {
    github.addUser(login);
    github.addToken(`token-of-${login}`, { login, kind: "classic" });
  }
  github.addRepository("acme/api");
});
afterEach(() => github.close());

function ask(login: string, path: string, more: { etag?: string; body?: object } = {}): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer token-of-${login}`, "user-agent": "test" };
  if (more.etag !== undefined) headers["if-none-match"] = more.etag;
  if (more.body === undefined) return fetch(`${github.apiUrl}${path}`, { headers });
  const url = `${github.url}${path}`;
  return fetch(url, { method: "POST", headers, body: JSON.stringify(more.body) });
}

it("counts a full answer as one point with its bytes, and an unchanged one as a request without a point", async () => {
  const first = await ask("mia", "/repos/acme/api/pulls");
  const bytes = (await first.arrayBuffer()).byteLength;
  const second = await ask("mia", "/repos/acme/api/pulls", { etag: first.headers.get("etag") ?? "" });
  expect(second.status).toBe(304);
  const counted = countQuota(github.server.ledger.entries, "mia");
  expect(counted).toMatchObject({ requests: 2, unchanged: 1, core: 1, graphql: 0, cost: 1, bytes });
  expect(counted.operations["GET /repos/{owner}/{repo}/pulls"]).toMatchObject({ requests: 2, cost: 1 });
});

it("keeps the accounts apart, as the server's own books do", async () => {
  await ask("mia", "/repos/acme/api/pulls");
  await ask("mia", "/repos/acme/api/events");
  await ask("nils", "/repos/acme/api/pulls");
  const { entries } = github.server.ledger;
  for (const login of ["mia", "nils"]) {
    expect(countQuota(entries, login).core).toBe(github.limits.read(login, "core").used);
  }
  expect(countQuota(entries, "mia").core).toBe(2);
});

it("counts GraphQL points beside those of REST and sums both", async () => {
  await ask("mia", "/user");
  const query = 'query { repository(owner: "acme", name: "api") { nameWithOwner } }';
  await ask("mia", "/api/graphql", { body: { query } });
  const counted = countQuota(github.server.ledger.entries, "mia");
  expect(counted).toMatchObject({ core: 1, graphql: 1, cost: 2 });
  expect(counted.graphql).toBe(github.limits.read("mia", "graphql").used);
});

it("takes no points for git", async () => {
  github.editWiki("acme/api", { by: "mia", page: "Home", content: "Hello" });
  const authorization = `Basic ${Buffer.from("x:token-of-mia").toString("base64")}`;
  const url = `${github.url}/acme/api.wiki.git/info/refs?service=git-upload-pack`;
  await fetch(url, { headers: { authorization } });
  expect(countQuota(github.server.ledger.entries, "mia")).toMatchObject({ requests: 1, cost: 0 });
});

it("adds the counts of several rounds, operation by operation", async () => {
  await ask("mia", "/user");
  const one = countQuota(github.server.ledger.entries, "mia");
  const both = addCounts([one, one]);
  expect(both).toMatchObject({ requests: 2, cost: 2, bytes: 2 * one.bytes });
  expect(both.operations["GET /user"]).toMatchObject({ requests: 2, cost: 2 });
});
