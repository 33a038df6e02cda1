import { afterEach, beforeEach, expect, it } from "vitest";
import { projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { signal } from "./poller.js";

let fixture: GitLabFixture;

beforeEach(async () => {
  fixture = await startFixture({ subPath: "/gitlab" });
});
afterEach(() => fixture.close());

it("finds a project behind a proxy that decodes the slash in its address", async () => {
  fixture.sandbox.server.faults.add(/projects\/acme%2Fapi/, { kind: "status", status: 404 });
  expect((await fixture.connection.findProject(projectPath, signal())).path).toBe(projectPath);
});

it("describes a project", async () => {
  expect(await fixture.project()).toMatchObject({
    connectionId: "work",
    path: projectPath,
    url: `${fixture.sandbox.url}/${projectPath}`,
    private: true,
    hasWiki: true,
    archived: false,
  });
});

it("names one source for all features that it brings, and none for a wiki that is switched off", async () => {
  const project = await fixture.project();
  const access = await fixture.connection.checkAccess(signal());
  const features = ["mentions", "reviews", "merge_requests", "docs", "wiki", "releases"] as const;
  const projects = [{ project: { ...project, hasWiki: false }, features: [...features] }];
  const sources = fixture.connection.sourcesFor({ projects, personal: true, access });
  expect(sources.map((source) => [source.kind, source.projectId])).toEqual([
    ["inbox", null],
    ["mergeRequests", project.id],
    ["repository", project.id],
  ]);
});

it("names no inbox for a token that cannot read it", async () => {
  const access = await fixture.connection.checkAccess(signal());
  const wants = { projects: [], personal: true, access: { ...access, inbox: false } };
  expect(fixture.connection.sourcesFor(wants)).toEqual([]);
});
