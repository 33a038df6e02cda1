import { afterEach, expect, it } from "vitest";
import { account, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { signal } from "./poller.js";

let fixture: GitLabFixture;
afterEach(() => fixture.close());

async function check(scopes: string[]) {
  fixture = await startFixture({ scopes });
  return fixture.connection.checkAccess(signal());
}

it("tells account, scopes and the day on which the token ends", async () => {
  const access = await check(["api"]);
  expect(access.account.id).toMatch(/^\d+$/);
  expect(access).toEqual({
    account: { id: access.account.id, login: account, name: "Ann Example" },
    tokenKind: "personal access token",
    teams: [],
    scopes: ["api"],
    expiresAt: "2027-01-31T00:00:00.000Z",
    lacks: [],
    inbox: true,
    canAct: true,
  });
});

it("tells that a reading token cannot act", async () => {
  const access = await check(["read_api"]);
  expect(access).toMatchObject({ inbox: true, canAct: false });
  expect(access.lacks).toEqual(["actions"]);
});

it("tells that a token for user data alone reads nothing", async () => {
  const access = await check(["read_user"]);
  expect(access).toMatchObject({ inbox: false, canAct: false });
  expect(access.lacks).toEqual(["reading"]);
});

it("leaves scopes and expiry open for a token that GitLab does not describe", async () => {
  fixture = await startFixture();
  fixture.sandbox.server.faults.add(/self/, {
    kind: "status",
    status: 400,
    body: { message: "400 Bad request" },
  });
  const access = await fixture.connection.checkAccess(signal());
  expect(access).toMatchObject({ tokenKind: "access token", scopes: [], inbox: true });
  expect(access.expiresAt).toBeUndefined();
  expect(access.canAct).toBeUndefined();
});

it("knows a token without an end", async () => {
  fixture = await startFixture();
  fixture.sandbox.addToken("glpat-canary-7f3a", { username: account, scopes: ["api"], expiresAt: null });
  expect((await fixture.connection.checkAccess(signal())).expiresAt).toBeNull();
});
