import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GitHubSandbox } from "../../../src/sandbox/github/index.js";
import { startAcme, type Ask } from "./ask.js";

let sandbox: GitHubSandbox;
let ask: Ask;
let clock: { ms: number };
let pull: number;

beforeEach(async () => {
  ({ sandbox, ask, clock } = await startAcme());
  pull = sandbox.openPullRequest("acme/api", { author: "bob", title: "Faster", head: "faster" }).number;
});
afterEach(() => sandbox.close());

interface Row {
  reason: string;
  unread: boolean;
  updated_at: string;
  subject: { title: string; url: string | null; latest_comment_url: string | null; type: string };
}

async function inbox(token = "ann-classic"): Promise<Row[]> {
  return (await ask("GET /notifications?all=true", { token })).data;
}

describe("the inbox", () => {
  it("hears of mentions outside of code, and not of one's own", async () => {
    sandbox.comment("acme/api", pull, { by: "bob", body: "`@ann` and\n```\n@ann\n```\nmail x@ann" });
    expect(await inbox()).toEqual([]);
    sandbox.comment("acme/api", pull, { by: "ann", body: "@ann note to self" });
    expect(await inbox()).toEqual([]);
    sandbox.comment("acme/api", pull, { by: "bob", body: "What do you think, @Ann?" });
    expect(await inbox()).toMatchObject([
      { reason: "mention", unread: true, subject: { type: "PullRequest" } },
    ]);
  });

  it("keeps the reason of a mention when the thread moves for something else", async () => {
    sandbox.comment("acme/api", pull, { by: "bob", body: "@ann?" });
    const mention = (await inbox())[0]!.subject.latest_comment_url;
    clock.ms += 60_000;
    sandbox.merge("acme/api", pull, { by: "bob" });
    expect(await inbox()).toMatchObject([
      { reason: "mention", updated_at: "2026-11-20T10:01:00Z", subject: { latest_comment_url: mention } },
    ]);
  });

  it("tells every member of a team that is asked, but not who asked", async () => {
    sandbox.requestReview("acme/api", pull, { by: "bob", reviewer: "acme/core" });
    expect(await inbox()).toMatchObject([{ reason: "review_requested" }]);
    expect(await inbox("bob-classic")).toEqual([]);
  });

  it("tells the author of comments, and who started a run that it failed", async () => {
    sandbox.comment("acme/api", pull, { by: "ann", body: "Nice" });
    expect(await inbox("bob-classic")).toMatchObject([{ reason: "author" }]);
    const { id } = sandbox.startRun("acme/api", { workflow: "CI", branch: "main", actor: "ann" });
    sandbox.finishRun("acme/api", id, { conclusion: "failure" });
    expect(await inbox()).toMatchObject([
      { reason: "ci_activity", subject: { type: "CheckSuite", url: null } },
    ]);
  });

  it("answers 304 until something is new, also within the same second", async () => {
    sandbox.comment("acme/api", pull, { by: "bob", body: "@ann?" });
    const first = await ask("GET /notifications?all=true");
    expect(first.headers.get("x-poll-interval")).toBe("60");
    const headers = { "if-modified-since": first.headers.get("last-modified") ?? "" };
    const used = (await ask("GET /notifications?all=true", { headers })).headers.get("x-ratelimit-used");
    const again = await ask("GET /notifications?all=true", { headers });
    expect([again.status, again.headers.get("x-ratelimit-used")]).toEqual([304, used]);
    sandbox.comment("acme/api", pull, { by: "bob", body: "and now?" });
    expect((await ask("GET /notifications?all=true", { headers })).status).toBe(200);
  });

  it("is closed to fine-grained tokens and to classic ones without the scope", async () => {
    const answer = await ask("GET /notifications", { token: "ann-fine" });
    expect(answer).toMatchObject({
      status: 403,
      data: { message: "Resource not accessible by personal access token" },
    });
    sandbox.addToken("narrow", { login: "ann", kind: "classic", scopes: ["read:org"] });
    expect((await ask("GET /notifications", { token: "narrow" })).status).toBe(403);
  });

  it("forgets what the reader may not see any more", async () => {
    sandbox.comment("acme/api", pull, { by: "bob", body: "@ann?" });
    sandbox.setPrivateAccess("acme/api", "ann", false);
    expect(await inbox()).toEqual([]);
  });
});
