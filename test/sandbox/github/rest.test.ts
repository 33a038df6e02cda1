import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GitHubSandbox } from "../../../src/sandbox/github/index.js";
import { startAcme, type Ask } from "./ask.js";

let sandbox: GitHubSandbox;
let ask: Ask;
let clock: { ms: number };

beforeEach(async () => {
  ({ sandbox, ask, clock } = await startAcme());
});
afterEach(() => sandbox.close());

const repo = "/repos/acme/api";

describe("tokens", () => {
  it("tells scopes of classic tokens only and the expiry of those that expire", async () => {
    const classic = await ask("GET /user");
    expect(classic.headers.get("x-oauth-scopes")).toBe("notifications, read:org, repo");
    expect(classic.headers.has("github-authentication-token-expiration")).toBe(false);
    const fine = await ask("GET /user", { token: "ann-fine" });
    expect(fine.headers.has("x-oauth-scopes")).toBe(false);
    expect(fine.headers.get("github-authentication-token-expiration")).toBe("2026-12-01 00:00:00 UTC");
    clock.ms = Date.parse("2026-12-01T00:00:01Z");
    expect(await ask("GET /user", { token: "ann-fine" })).toMatchObject({
      status: 401,
      data: { message: "Bad credentials" },
    });
  });

  it("hides what the token or its user may not see, and refuses what it may not do", async () => {
    sandbox.addToken("other", { login: "ann", kind: "fine-grained", repositories: ["acme/web"] });
    const reader = { login: "ann", kind: "fine-grained", permissions: { actions: "read" } } as const;
    sandbox.addToken("reader", reader);
    expect((await ask(`GET ${repo}`, { token: "other" })).status).toBe(404);
    const { id } = sandbox.startRun("acme/api", { workflow: "CI", branch: "main", actor: "bob" });
    const refused = await ask(`POST ${repo}/actions/runs/${id}/cancel`, { token: "reader" });
    expect(refused.status).toBe(403);
    expect(refused.headers.get("x-accepted-github-permissions")).toBe("actions=write");
    sandbox.setPrivateAccess("acme/api", "ann", false);
    expect((await ask(`GET ${repo}`)).status).toBe(404);
    sandbox.revokeToken("bob-classic");
    expect((await ask("GET /user", { token: "bob-classic" })).status).toBe(401);
  });
});

describe("quotas", () => {
  it("charges nothing for a 304 and keeps ETags apart by token", async () => {
    const first = await ask(`GET ${repo}/pulls`);
    const headers = { "if-none-match": first.headers.get("etag") ?? "" };
    const second = await ask(`GET ${repo}/pulls`, { headers });
    expect([second.status, second.headers.get("x-ratelimit-remaining")]).toEqual([304, "4999"]);
    expect((await ask(`GET ${repo}/pulls`, { headers, token: "ann-fine" })).status).toBe(200);
    sandbox.openPullRequest("acme/api", { author: "bob", title: "New", head: "new" });
    expect((await ask(`GET ${repo}/pulls`, { headers })).status).toBe(200);
  });

  it("shares a user's quota among tokens, refuses when it is used up, and fills it again in an hour", async () => {
    sandbox.limits.set("ann", "core", { remaining: 1 });
    expect((await ask("GET /user")).headers.get("x-ratelimit-remaining")).toBe("0");
    const refused = await ask("GET /user", { token: "ann-fine" });
    expect(refused).toMatchObject({ status: 403 });
    expect((await ask("GET /rate_limit")).data).toMatchObject({ rate: { remaining: 0 } });
    clock.ms = Number(refused.headers.get("x-ratelimit-reset")) * 1000 + 1;
    expect((await ask("GET /user")).status).toBe(200);
  });

  it("refuses everything while the secondary limit is on", async () => {
    sandbox.limits.secondary = { retryAfter: 30, status: 429 };
    const refused = await ask("GET /user");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "30"]);
  });
});

describe("pull requests", () => {
  it("starts at the oldest when sorted by update, and links the pages", async () => {
    for (const title of ["a", "b", "c"]) {
      clock.ms += 1000;
      sandbox.openPullRequest("acme/api", { author: "bob", title, head: title });
    }
    clock.ms += 1000;
    sandbox.comment("acme/api", 1, { by: "bob", body: "up" });
    const first = await ask(`GET ${repo}/pulls?sort=updated&per_page=2`);
    expect((first.data as Array<{ number: number }>).map((row) => row.number)).toEqual([2, 3]);
    expect(first.headers.get("link")).toContain(`page=2>; rel="next"`);
    const last = await ask(`GET ${repo}/pulls?sort=updated&per_page=2&page=2`);
    expect(last.data).toMatchObject([{ number: 1, updated_at: "2026-11-20T10:00:04Z" }]);
  });

  it("is not touched by what its runs do, or by what is computed of it", async () => {
    const { number } = sandbox.openPullRequest("acme/api", { author: "ann", title: "x", head: "x" });
    clock.ms += 5000;
    const { id } = sandbox.startRun("acme/api", { workflow: "CI", branch: "x", actor: "ann" });
    sandbox.finishRun("acme/api", id, { conclusion: "failure" });
    sandbox.setMergeable("acme/api", number, "CONFLICTING");
    const { data } = await ask(`GET ${repo}/pulls/${number}`);
    expect(data).toMatchObject({
      updated_at: "2026-11-20T10:00:00Z",
      mergeable: false,
      mergeable_state: "dirty",
    });
  });

  it("takes a reviewer off the list when they review, and on it again when asked again", async () => {
    const { number } = sandbox.openPullRequest("acme/api", { author: "ann", title: "x", head: "x" });
    const reviewers = async () =>
      ((await ask(`GET ${repo}/pulls/${number}`)).data as { requested_reviewers: unknown[] })
        .requested_reviewers;
    sandbox.requestReview("acme/api", number, { by: "ann", reviewer: "bob" });
    sandbox.review("acme/api", number, { by: "bob", state: "COMMENTED", body: "hm" });
    expect(await reviewers()).toEqual([]);
    sandbox.requestReview("acme/api", number, { by: "ann", reviewer: "bob" });
    expect(await reviewers()).toMatchObject([{ login: "bob" }]);
  });

  it("merges the head that was seen only, and moves the base branch with its files", async () => {
    const { number, sha } = sandbox.openPullRequest("acme/api", { author: "ann", title: "x", head: "x" });
    sandbox.commitFiles("acme/api", { by: "bob", message: "Meanwhile", files: { "m.txt": "m" } });
    const pushed = sandbox.push("acme/api", number, { by: "ann" }).sha;
    const merge = (body: object) => ask(`PUT ${repo}/pulls/${number}/merge`, { body });
    expect((await merge({ sha })).status).toBe(409);
    sandbox.setMergeable("acme/api", number, "UNKNOWN");
    expect((await merge({ sha: pushed })).status).toBe(405);
    sandbox.setMergeable("acme/api", number, "MERGEABLE");
    const merged = (await merge({ sha: pushed })).data as { sha: string };
    expect((await ask(`GET ${repo}/branches/main`)).data).toMatchObject({ commit: { sha: merged.sha } });
    const compared = await ask(`GET ${repo}/compare/${sha}...main`);
    expect(compared.data).toMatchObject({
      status: "ahead",
      behind_by: 0,
      files: [{ filename: "m.txt" }, {}],
    });
  });
});

describe("runs", () => {
  it("keeps id and created_at over a rerun, which waits, runs and ends when the test says so", async () => {
    const { id } = sandbox.startRun("acme/api", { workflow: "CI", branch: "main", actor: "bob" });
    sandbox.finishRun("acme/api", id, {
      conclusion: "failure",
      jobs: [
        { name: "lint", conclusion: "success" },
        { name: "test", conclusion: "failure", step: "npm test" },
      ],
    });
    const jobs = await ask(`GET ${repo}/actions/runs/${id}/jobs`);
    expect(jobs.data).toMatchObject({
      total_count: 2,
      jobs: [{}, { steps: [{}, { name: "npm test", conclusion: "failure" }, {}] }],
    });
    clock.ms += 60_000;
    const later = sandbox.startRun("acme/api", { workflow: "CI", branch: "main", actor: "bob" });
    expect((await ask(`POST ${repo}/actions/runs/${id}/rerun-failed-jobs`)).status).toBe(201);
    const read = async () => (await ask(`GET ${repo}/actions/runs/${id}`)).data;
    expect(await read()).toMatchObject({
      id, run_attempt: 2, status: "queued", conclusion: null, created_at: "2026-11-20T10:00:00Z",
      run_started_at: "2026-11-20T10:01:00Z", triggering_actor: { login: "ann" }, actor: { login: "bob" },
    }); // prettier-ignore
    clock.ms += 5000;
    expect(await read()).toMatchObject({ status: "in_progress", updated_at: "2026-11-20T10:01:02Z" });
    sandbox.finishRun("acme/api", id, { conclusion: "success" });
    expect(await read()).toMatchObject({ run_attempt: 2, conclusion: "success" });
    const list = (await ask(`GET ${repo}/actions/runs`)).data as { workflow_runs: Array<{ id: number }> };
    expect(list.workflow_runs.map((run) => run.id)).toEqual([later.id, id]);
    expect(later.id).toBeGreaterThan(id);
    expect((await ask(`GET ${repo}/actions/runs/${id}/attempts/1/jobs`)).data).toMatchObject({
      total_count: 2,
    });
  });

  it("keeps logs on another host that takes no credentials, serves ranges, and forgets the address in a minute", async () => {
    const { id } = sandbox.startRun("acme/api", { workflow: "CI", branch: "main", actor: "bob" });
    const jobs = (await ask(`GET ${repo}/actions/runs/${id}/jobs`)).data as { jobs: Array<{ id: number }> };
    const log = `${repo}/actions/jobs/${jobs.jobs[0]?.id}/logs`;
    expect((await ask(`GET ${log}`)).status).toBe(404);
    sandbox.finishRun("acme/api", id, {
      conclusion: "failure",
      jobs: [{ name: "build", conclusion: "failure", log: "0123456789" }],
    });
    const location = (await ask(`GET ${log}`)).headers.get("location") ?? "";
    expect(new URL(location).origin).not.toBe(sandbox.url);
    const read = async (headers: Record<string, string>) => {
      const response = await fetch(location, { headers });
      return [response.status, await response.text()];
    };
    expect(await read({ range: "bytes=6-" })).toEqual([206, "6789"]);
    expect(await read({ range: "bytes=2-4" })).toEqual([206, "234"]);
    expect(await read({ range: "bytes=-4" })).toEqual([200, "0123456789"]);
    expect((await read({ authorization: "Bearer ann-classic" }))[0]).toBe(400);
    clock.ms += 61_000;
    expect((await read({}))[0]).toBe(403);
  });
});
