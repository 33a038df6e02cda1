import { afterEach, beforeEach, expect, it } from "vitest";
import { createNaivePoller, type NaiveItem } from "../../../bench/baselines/naive.mjs";
import { type GitHubSandbox, startGitHubSandbox } from "../../../src/sandbox/github/index.js";

const minute = 60_000;
let at: number;
let github: GitHubSandbox;
let told: NaiveItem[];
let complaints: string[];
let naive: ReturnType<typeof createNaivePoller>;

beforeEach(async () => {
  at = Date.UTC(2026, 9, 1, 9);
  github = await startGitHubSandbox({ now: () => at });
  for (const login of ["nils", "ann"]) github.addUser(login);
  github.addToken("token-of-nils", { login: "nils", kind: "classic" });
  github.addRepository("acme/api", { wiki: true });
  github.addRepository("acme/web", { wiki: true });
  github.openPullRequest("acme/api", { author: "ann", title: "Before anybody looked", head: "old" });
  at += minute;
  told = [];
  complaints = [];
  naive = createNaivePoller({
    apiUrl: github.apiUrl,
    token: "token-of-nils",
    repositories: ["acme/api", "acme/web"],
    now: () => at,
    send: (item) => told.push(item),
    log: (line) => complaints.push(line),
  });
});
afterEach(() => github.close());

it("asks four lists of every repository in every round and pays for each", async () => {
  await naive.round();
  at += minute;
  await naive.round();
  expect(github.server.ledger.totals()).toMatchObject({ requests: 16, cost: 16 });
  expect(told).toEqual([]);
});

it("tells of everything that changed since its last round, and of nothing older", async () => {
  at += 1000;
  const { number } = github.openPullRequest("acme/web", { author: "ann", title: "Faster", head: "fast" });
  const comment = github.comment("acme/web", number, { by: "ann", body: "Look" });
  const run = github.startRun("acme/api", { workflow: "CI", branch: "main", actor: "ann" });
  github.editWiki("acme/api", { by: "ann", page: "Home", content: "Hello" });
  at += minute;
  await naive.round();
  const plain = told.map(({ repository, what, id }) => `${repository} ${what} ${id}`);
  expect(plain).toContain(`acme/web pull ${number}`);
  expect(plain).toContain(`acme/web comment ${comment.id}`);
  expect(plain).toContain(`acme/api run ${run.id}`);
  expect(told.some((item) => item.what === "GollumEvent")).toBe(true);
  expect(told.filter((item) => item.repository === "acme/api" && item.what === "pull")).toEqual([]);
  told.length = 0;
  at += minute;
  await naive.round();
  expect(told).toEqual([]);
});

it("forgets what it could not read: the next round begins where this one failed", async () => {
  at += 1000;
  github.openPullRequest("acme/api", { author: "ann", title: "Unlucky", head: "unlucky" });
  at += minute;
  github.server.faults.add(/acme\/api/, { kind: "status", status: 503 });
  await naive.round();
  expect(complaints).toEqual([expect.stringContaining("503")]);
  at += minute;
  await naive.round();
  expect(told).toEqual([]);
});
