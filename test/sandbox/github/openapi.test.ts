import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GitHubSandbox } from "../../../src/sandbox/github/index.js";
import { checkGitHubGraphql } from "../../support/github-graphql.js";
import { checkGitHubExchanges } from "../../support/github-openapi.js";
import { query, startAcme, type Ask } from "./ask.js";

let sandbox: GitHubSandbox;
let ask: Ask;
let clock: { ms: number };

beforeAll(async () => {
  ({ sandbox, ask, clock } = await startAcme());
});
afterAll(() => sandbox.close());

const repo = "/repos/acme/api";

/** A working day with everything in it that the sandbox can do. */
function live(): { pull: number; sha: string; run: number; failed: number } {
  sandbox.commitFiles("acme/api", {
    by: "bob",
    message: "Add docs",
    files: { "docs/a.md": "A\n", "src/x.ts": "1" },
  });
  sandbox.editWiki("acme/api", { by: "bob", page: "Home", content: "Hello" });
  const { number } = sandbox.openPullRequest("acme/api", {
    author: "ann",
    title: "Faster",
    body: "for @bob",
    head: "feature/faster",
    labels: ["perf"],
  });
  sandbox.requestReview("acme/api", number, { by: "ann", reviewer: "bob" });
  sandbox.requestReview("acme/api", number, { by: "ann", reviewer: "acme/core" });
  sandbox.review("acme/api", number, {
    by: "bob",
    state: "CHANGES_REQUESTED",
    body: "Hm",
    comments: [{ path: "src/x.ts", body: "why, @ann?" }],
  });
  sandbox.comment("acme/api", number, { by: "renovate[bot]", body: "Rebased." });
  sandbox.assign("acme/api", number, { by: "bob", assignee: "ann" });
  sandbox.requestReview("acme/api", number, { by: "ann", reviewer: "bob" });
  sandbox.openIssue("acme/api", { author: "bob", title: "Broken", body: "@ann look" });
  const { sha } = sandbox.push("acme/api", number, { by: "ann" });
  const run = sandbox.startRun("acme/api", { workflow: "CI", branch: "feature/faster", actor: "ann" }).id;
  const failed = sandbox.startRun("acme/api", { workflow: "CI", branch: "main", actor: "ann" }).id;
  sandbox.finishRun("acme/api", failed, {
    conclusion: "failure",
    jobs: [
      { name: "lint", conclusion: "success" },
      { name: "test", conclusion: "failure", step: "npm test", log: "line 1\nline 2\n" },
    ],
  });
  return { pull: number, sha, run, failed };
}

describe("the official description of REST", { timeout: 60_000 }, () => {
  it("describes every answer of a working day", async () => {
    const { pull, sha, run, failed } = live();
    const one = `${repo}/pulls/${pull}`;
    const reads = [
      "/user", "/user/repos?sort=pushed&per_page=2", "/rate_limit", "/notifications?all=true&per_page=50",
      repo, `${repo}/pulls?state=all&sort=updated&direction=desc&per_page=20`, one, `${one}/reviews`, `${one}/comments`,
      `${repo}/issues?state=all&sort=updated`, `${repo}/issues/${pull}`, `${repo}/issues/${pull}/comments?since=2026-01-01T00:00:00Z`,
      `${repo}/issues/comments?sort=updated&direction=desc`, `${repo}/pulls/comments?sort=updated`,
      `${repo}/actions/runs?per_page=20&branch=main&status=failure`, `${repo}/actions/runs?created=%3E%3D2026-01-01`,
      `${repo}/actions/runs/${run}?exclude_pull_requests=true`, `${repo}/actions/runs/${failed}/jobs?filter=all`,
      `${repo}/actions/runs/${failed}/attempts/1/jobs`, `${repo}/branches/feature/faster`, `${repo}/commits?path=docs&sha=main`,
      `${repo}/commits/${sha}`, `${repo}/commits/main`, `${repo}/compare/main...${sha}`, `${repo}/git/ref/heads/main`, `${repo}/events`,
    ]; // prettier-ignore
    for (const path of reads)
      expect({ path, status: (await ask(`GET ${path}`)).status }).toEqual({ path, status: 200 });
    const writes: Array<[string, object | undefined, number]> = [
      [`POST ${repo}/actions/runs/${failed}/rerun-failed-jobs`, undefined, 201],
      [`POST ${repo}/actions/runs/${failed}/rerun`, undefined, 403],
      [`POST ${repo}/actions/runs/${run}/cancel`, undefined, 202],
      [`POST ${repo}/actions/runs/${run}/cancel`, undefined, 409],
      [`POST ${repo}/issues/${pull}/comments`, { body: "Thanks" }, 201],
      [`POST ${one}/reviews`, { event: "APPROVE" }, 422],
      [`POST ${one}/reviews`, { event: "COMMENT", body: "Done", commit_id: sha }, 200],
      [`PATCH ${one}`, { state: "closed" }, 200],
      [`PATCH ${one}`, { state: "open" }, 200],
      [`PUT ${one}/merge`, { sha: "0".repeat(40) }, 409],
      [`PUT ${one}/merge`, { sha, merge_method: "squash" }, 200],
      [`PUT ${one}/merge`, { sha }, 405],
    ];
    for (const [line, body, status] of writes) {
      const answer = await ask(line, body ? { body } : {});
      expect({ line, status: answer.status }).toEqual({ line, status });
    }
    const threads = (await ask("GET /notifications?all=true")).data as Array<{ id: string }>;
    for (const verb of ["GET", "PATCH", "DELETE"])
      await ask(`${verb} /notifications/threads/${threads[0]?.id}`);
    const comments = (await ask(`GET ${one}/comments`)).data as Array<{ id: number }>;
    await ask(`GET ${repo}/pulls/comments/${comments[0]?.id}`);
    await ask(`POST ${one}/comments/${comments[0]?.id}/replies`, { body: { body: "So" } });
    await ask(`GET ${repo}`, { token: "unknown" });
    await ask("GET /repos/acme/none");
    await ask("GET /notifications", { token: "ann-fine" });
    expect(checkGitHubExchanges(sandbox.server.ledger.entries)).toEqual([]);
  });

  it("holds for what is answered after a rename", async () => {
    clock.ms += 60_000;
    sandbox.server.ledger.clear();
    sandbox.addRepository("acme/old");
    sandbox.renameRepository("acme/old", "acme/new");
    const moved = await ask("GET /repos/acme/old/pulls?state=all");
    expect(moved.status).toBe(301);
    const followed = await ask(`GET ${moved.headers.get("location")?.slice(sandbox.apiUrl.length)}`);
    expect(followed).toMatchObject({ status: 200, data: [] });
    expect(checkGitHubExchanges(sandbox.server.ledger.entries)).toEqual([]);
  });

  it("finds what the description does not know", async () => {
    sandbox.server.ledger.clear();
    await ask(`GET ${repo}/pulls?stat=open&per_page=many`);
    await ask(`GET ${repo}/pulls?state=merged`);
    await ask(`GET ${repo}/actions/flights`);
    await ask(`PUT ${repo}/pulls/1/merge`, { body: { sha: 7, merge_methods: "squash" } });
    const broken = await ask("GET /user");
    expect(broken.status).toBe(200);
    const last = sandbox.server.ledger.entries.at(-1)!;
    last.reply = { ...last.reply, body: { login: 5 } };
    expect(checkGitHubExchanges(sandbox.server.ledger.entries)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/unknown query parameter stat/),
        expect.stringMatching(/per_page=many/),
        expect.stringMatching(/query state=merged/),
        expect.stringMatching(/actions\/flights: no such operation/),
        expect.stringMatching(/request body: .*sha must be string/),
        expect.stringMatching(/unknown body property merge_methods/),
        expect.stringMatching(/GET \/user: 200/),
      ]),
    );
  });
});

const actor = "actor { __typename login ... on User { databaseId name } ... on Bot { databaseId } }";
const timeline = `timelineItems(first: 100, since: $since) { totalCount nodes { __typename
  ... on ReviewRequestedEvent { id createdAt ${actor} requestedReviewer { __typename ... on User { login } ... on Team { slug combinedSlug } } }
  ... on PullRequestReview { id fullDatabaseId state body submittedAt url author { login }
    comments(first: 50) { nodes { id fullDatabaseId body path url createdAt author { __typename login } } } }
  ... on IssueComment { id fullDatabaseId body createdAt url author { __typename login } }
  ... on AssignedEvent { createdAt assignee { __typename ... on User { login databaseId } } }
  ... on MergedEvent { id createdAt ${actor} merge: commit { oid } } ... on ClosedEvent { id createdAt }
  ... on PullRequestCommit { commit { oid messageHeadline } } } }`;

describe("the official schema of GraphQL", { timeout: 60_000 }, () => {
  it("allows every query of a working day and describes its answer", async () => {
    sandbox.server.ledger.clear();
    const answer = await query(
      sandbox,
      `query Day($since: DateTime, $n: Int = 20) {
        viewer { login ... on User { databaseId } }
        rateLimit { cost limit remaining resetAt }
        ours: repository(owner: "acme", name: "api") {
          id databaseId nameWithOwner url isArchived isPrivate hasWikiEnabled pushedAt
          defaultBranchRef { name target { oid } }
          pullRequests(first: $n, orderBy: { field: UPDATED_AT, direction: DESC }, states: [OPEN, MERGED]) {
            totalCount pageInfo { hasNextPage endCursor }
            nodes { id fullDatabaseId number title body url state isDraft createdAt updatedAt mergedAt closedAt
              mergedBy { login } author { __typename login } baseRefName headRefName headRefOid mergeable reviewDecision
              labels(first: 10) { nodes { name } } assignees(first: 10) { nodes { login databaseId name } }
              reviewRequests(first: 10) { nodes { requestedReviewer { __typename ... on Team { combinedSlug } ... on User { login } } } }
              latestOpinionatedReviews(first: 10) { nodes { state author { login } } }
              repository { nameWithOwner } ${timeline} } } }
        theirs: repository(owner: "acme", name: "secret") { id } }`,
      { since: "2026-01-01T00:00:00Z" },
    );
    expect(answer.errors).toMatchObject([{ type: "NOT_FOUND", path: ["theirs"] }]);
    expect(answer.data).toMatchObject({
      theirs: null,
      ours: { pullRequests: { nodes: [{ state: "MERGED" }] } },
    });
    expect(checkGitHubGraphql(sandbox.server.ledger.entries)).toEqual([]);
  });

  it("finds a field, a variable and an answer that do not fit", async () => {
    sandbox.server.ledger.clear();
    await query(sandbox, "query { viewer { logins } }");
    await query(sandbox, "query($id: ID!) { node(id: $id) { id } }", {});
    await query(sandbox, "query { viewer { login } }");
    const last = sandbox.server.ledger.entries.at(-1)!;
    last.reply = { ...last.reply, body: { data: { viewer: { login: null } } } };
    expect(checkGitHubGraphql(sandbox.server.ledger.entries)).toEqual([
      expect.stringMatching(/Cannot query field "logins"/),
      expect.stringMatching(/Variable "\$id"/),
      expect.stringMatching(/viewer.login: null/),
    ]);
  });
});
