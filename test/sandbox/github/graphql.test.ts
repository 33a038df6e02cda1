import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GitHubSandbox } from "../../../src/sandbox/github/index.js";
import { query, startAcme } from "./ask.js";

let sandbox: GitHubSandbox;
let clock: { ms: number };

beforeEach(async () => {
  ({ sandbox, clock } = await startAcme());
});
afterEach(() => sandbox.close());

describe("GraphQL", () => {
  it("reads fragments, aliases, defaults and conditions", async () => {
    const answer = await query(
      sandbox,
      `query Q($owner: String = "acme", $more: Boolean!) { # comment
        me: viewer { ...Who login @skip(if: $more) }
        repository(owner: $owner, name: """api""") { nameWithOwner ... @include(if: $more) { isPrivate } } }
       fragment Who on User { name __typename }`,
      { more: true },
    );
    expect(answer.data).toEqual({
      me: { name: "Ann Lee", __typename: "User" },
      repository: { nameWithOwner: "acme/api", isPrivate: true },
    });
  });

  it("gives null and an error for what cannot be seen, and the rest", async () => {
    const { number } = sandbox.openPullRequest("acme/api", { author: "ann", title: "x", head: "x" });
    const ids = (
      await query(
        sandbox,
        `{ repository(owner: "acme", name: "api") { id pullRequest(number: ${number}) { id } } }`,
      )
    ).data as { repository: { id: string; pullRequest: { id: string } } };
    const asked = [ids.repository.pullRequest.id, "PR_unknown"];
    const text = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on PullRequest { number } } }";
    const answer = await query(sandbox, text, { ids: asked });
    expect(answer.data).toEqual({ nodes: [{ __typename: "PullRequest", number }, null] });
    expect(answer.errors).toMatchObject([{ type: "NOT_FOUND", path: ["nodes", 1] }]);
    sandbox.setPrivateAccess("acme/api", "ann", false);
    expect((await query(sandbox, text, { ids: asked })).data).toEqual({ nodes: [null, null] });
  });

  it("finds a repository by its old name and by its id", async () => {
    sandbox.renameRepository("acme/api", "acme/core-api");
    const text = `{ repository(owner: "acme", name: "api") { nameWithOwner } }`;
    expect((await query(sandbox, text)).data).toEqual({ repository: { nameWithOwner: "acme/core-api" } });
  });

  it("writes a bot's login without the ending that REST gives it", async () => {
    const { number } = sandbox.openPullRequest("acme/api", {
      author: "renovate[bot]",
      title: "x",
      head: "x",
    });
    const text = `{ repository(owner: "acme", name: "api") { pullRequest(number: ${number}) { author { __typename login } } } }`;
    expect((await query(sandbox, text)).data).toMatchObject({
      repository: { pullRequest: { author: { __typename: "Bot", login: "renovate" } } },
    });
  });

  it("pages a timeline from its end, and limits it by time and type", async () => {
    const { number } = sandbox.openPullRequest("acme/api", { author: "ann", title: "x", head: "x" });
    for (const body of ["1", "2", "3"]) {
      clock.ms += 1000;
      sandbox.comment("acme/api", number, { by: "bob", body });
    }
    const items = async (args: string) => {
      const text = `{ repository(owner: "acme", name: "api") { pullRequest(number: ${number}) {
        timelineItems(${args}) { totalCount pageInfo { hasPreviousPage startCursor } nodes { ... on IssueComment { body } } } } } }`;
      const { data } = await query(sandbox, text);
      return (
        data as { repository: { pullRequest: { timelineItems: { pageInfo: { startCursor: string } } } } }
      ).repository.pullRequest.timelineItems;
    };
    const last = await items("last: 2, itemTypes: [ISSUE_COMMENT]");
    expect(last).toMatchObject({
      totalCount: 3,
      pageInfo: { hasPreviousPage: true },
      nodes: [{ body: "2" }, { body: "3" }],
    });
    const older = await items(`last: 2, itemTypes: ISSUE_COMMENT, before: "${last.pageInfo.startCursor}"`);
    expect(older).toMatchObject({ nodes: [{ body: "1" }], pageInfo: { hasPreviousPage: false } });
    expect(await items(`last: 5, since: "2026-11-20T10:00:03Z"`)).toMatchObject({ nodes: [{ body: "3" }] });
  });

  it("charges by the documented formula and refuses with status 200 when the points are used up", async () => {
    const text = `query($ids: [ID!]!) { rateLimit { cost } nodes(ids: $ids) { ... on Repository { pullRequests(first: 10) { nodes { labels(first: 5) { nodes { name } } } } } } }`;
    const { data } = await query(sandbox, text, { ids: Array.from({ length: 30 }, () => "none") });
    // 30 connections of pull requests and 300 of labels.
    expect(data).toMatchObject({ rateLimit: { cost: 3 } });
    sandbox.limits.set("ann", "graphql", { remaining: 0 });
    const refused = await query(sandbox, "{ viewer { login } }");
    expect(refused).toMatchObject({ status: 200, errors: [{ type: "RATE_LIMITED" }] });
    expect(refused.headers.get("x-ratelimit-resource")).toBe("graphql");
  });

  it("refuses unknown fields, connections without a size, and what is no query", async () => {
    expect((await query(sandbox, "{ viewer { nose } }")).errors).toMatchObject([
      { message: "Field 'nose' doesn't exist on type 'User'" },
    ]);
    const unsized = `{ repository(owner: "acme", name: "api") { pullRequests { totalCount } } }`;
    expect((await query(sandbox, unsized)).errors).toMatchObject([{ type: "MISSING_PAGINATION_BOUNDARIES" }]);
    expect((await query(sandbox, "{ viewer { login }")).errors).toMatchObject([
      { message: "Unexpected end of document" },
    ]);
  });
});
