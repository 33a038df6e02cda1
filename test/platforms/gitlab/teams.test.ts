import { afterEach, beforeEach, expect, it } from "vitest";
import { gitlab } from "../../../src/platforms/gitlab/index.js";
import {
  account,
  colleague,
  projectPath,
  startFixture,
  toContext,
  type GitLabFixture,
} from "./gitlab-world.js";
import { signal } from "./poller.js";

let fixture: GitLabFixture;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

it("knows the groups that the account is a direct member of, and no others", async () => {
  fixture.sandbox.addGroup("acme", { members: [account] });
  fixture.sandbox.addGroup("acme/backend", { members: [account] });
  fixture.sandbox.addGroup("acme/frontend", { members: [colleague] });
  fixture.sandbox.addGroup("other", { members: [colleague] });
  const { teams, lacks } = await fixture.connection.checkAccess(signal());
  expect(teams?.toSorted()).toEqual(["acme", "acme/backend"]);
  expect(lacks).toEqual([]);
});

it("goes on without groups where they cannot be read, and says so", async () => {
  for (const status of [403, 404, 500]) {
    const off = fixture.sandbox.server.faults.add(/\/groups/, { kind: "status", status }, Infinity);
    const access = await fixture.connection.checkAccess(signal());
    expect(access).toMatchObject({ account: { login: account }, lacks: ["groups"] });
    expect(access.teams).toBeUndefined();
    off();
  }
});

it("asks the inbox for issues as soon as a rule with projects wants assignments or mentions", async () => {
  const project = await fixture.project();
  const access = await fixture.connection.checkAccess(signal());
  const client = gitlab.connect(fixture.config, toContext({ now: () => 0, sleep: async () => {} }));
  const kinds = (features: Array<"assignments" | "mentions" | "pipelines">) =>
    client.sourcesFor({ projects: [{ project, features }], personal: false, access }).map(({ kind }) => kind);
  expect(kinds(["assignments"])).toEqual(["inbox", "mergeRequests"]);
  expect(kinds(["mentions"])).toContain("inbox");
  expect(kinds(["pipelines"])).toEqual(["pipelines"]);
  expect(project.path).toBe(projectPath);
});
