import { afterEach, beforeEach, expect, it } from "vitest";
import { colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, type Poller } from "./poller.js";

let fixture: GitLabFixture;
let poller: Poller;

beforeEach(async () => {
  fixture = await startFixture();
  commit({ "README.md": "start" });
  poller = await createPoller(fixture, "repository");
  await poller.poll();
  fixture.advance(3_600_000);
});
afterEach(() => fixture.close());

function commit(files: Record<string, string | null>): string {
  const message = `Change ${Object.keys(files).join(", ")}`;
  return fixture.sandbox.commitFiles(projectPath, { by: colleague, message, files }).sha;
}

it("tells the documentation that a push touched, with its commits and who pushed", async () => {
  commit({ "src/a.ts": "code" });
  const sha = commit({ "docs/guide.md": "text", "README.md": "new", "src/b.ts": "code" });
  const facts = only(await poller.facts(), "docs_change");
  expect(facts).toMatchObject({ headSha: sha, branch: "main", truncated: false });
  expect(facts.files.map((file) => [file.path, file.change]).sort()).toEqual([
    ["README.md", "modified"],
    ["docs/guide.md", "added"],
  ]);
  expect(facts.commits).toHaveLength(2);
  expect(facts.commits.at(-1)?.author).toMatchObject({ login: colleague });
});

it("tells documentation that was removed", async () => {
  commit({ "README.md": null });
  expect(only(await poller.facts(), "docs_change").files).toEqual([{ path: "README.md", change: "removed" }]);
});

it("starts anew without news when the old head is gone after a forced push", async () => {
  commit({ "docs/guide.md": "text" });
  fixture.sandbox.server.faults.add(/compare/, { kind: "status", status: 404 });
  expect(await poller.facts()).toEqual([]);
  commit({ "docs/guide.md": "more" });
  expect(await poller.facts()).toHaveLength(1);
});

it("still tells the change when the pushes cannot be read", async () => {
  commit({ "docs/guide.md": "text" });
  fixture.sandbox.server.faults.add(/events/, { kind: "status", status: 403 });
  expect(only(await poller.facts(), "docs_change").commits[0]?.author).toBeNull();
});

it("finds the new default branch when the old one is gone", async () => {
  const project = await fixture.project();
  poller.project = { ...project, defaultBranch: "master" };
  const outcome = await poller.poll();
  expect(outcome.renamed).toMatchObject({ id: project.id, defaultBranch: "main" });
});
