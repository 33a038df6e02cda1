import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkGitLabExchanges, hasGitLabDescription } from "../../support/gitlab-openapi.js";
import { liveADay, readable, writeEverything } from "./everything.js";
import { stage, type Stage } from "./gitlab-client.js";

let on: Stage;
beforeEach(async () => {
  on = await stage();
});
afterEach(() => on.sandbox.close());

const where = hasGitLabDescription
  ? "GitLab's own description of its API"
  : "GitLab's own description of its API (skipped: ../shared/spec is not there)";

describe.skipIf(!hasGitLabDescription)(where, () => {
  it("agrees with every answer to a read", async () => {
    const ids = liveADay(on);
    for (const path of readable(on.project, ids)) {
      const { status } = await on.ann.get(path);
      expect([path, status]).toEqual([path, 200]);
    }
    expect(checkGitLabExchanges(on.sandbox.server.ledger.entries)).toEqual([]);
  });

  it("agrees with every answer to a write", async () => {
    const ids = liveADay(on);
    const statuses = await writeEverything(on.bob, on.project, ids);
    expect(statuses).toEqual([201, 204, 201, 201, 201, 201, 200, 200, 201, 200, 201, 200]);
    expect(checkGitLabExchanges(on.sandbox.server.ledger.entries)).toEqual([]);
  });

  it("agrees with answers under a sub-path", async () => {
    await on.sandbox.close();
    on = await stage({ subPath: "/gitlab" });
    expect((await on.ann.get(on.project)).status).toBe(200);
    expect(on.sandbox.url).toMatch(/\/gitlab$/);
    expect(checkGitLabExchanges(on.sandbox.server.ledger.entries)).toEqual([]);
  });

  it("finds an unknown path, query parameter, body parameter and answer key", async () => {
    liveADay(on);
    await on.ann.get(`${on.project}/merge_request`);
    await on.ann.get(`${on.project}/merge_requests?since=2026-11-01T00:00:00Z`);
    await on.bob.post(`${on.project}/merge_requests/2/approve`, { head: "x" });
    await on.ann.get(`${on.project}/merge_requests/1`);
    const { entries } = on.sandbox.server.ledger;
    const last = entries.at(-1)!;
    last.reply = { ...last.reply, body: { ...(last.reply.body as object), iid: "1", pushed_at: null } };
    const problems = checkGitLabExchanges(entries).join("\n");
    expect(problems).toContain(`GET /api/v4${on.project}/merge_request: no such operation`);
    expect(problems).toContain('no query parameter "since"');
    expect(problems).toContain('no body parameter "head"');
    expect(problems).toContain("(pushed_at)");
    expect(problems).toContain("/iid must be integer");
  });
});
