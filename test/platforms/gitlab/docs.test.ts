import { afterEach, beforeEach, expect, it } from "vitest";
import { colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, type Poller } from "./poller.js";

let fixture: GitLabFixture;
let poller: Poller;
let start: string;

beforeEach(async () => {
  fixture = await startFixture();
  start = commit({ "README.md": "start" });
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

it("says what it cannot tell when the old head is gone after a forced push, and goes on from the new one", async () => {
  const sha = commit({ "docs/guide.md": "text" });
  fixture.sandbox.server.faults.add(/compare/, { kind: "status", status: 404 });
  const outcome = await poller.poll();
  expect(outcome.facts).toEqual([]);
  expect(outcome.shortfalls).toMatchObject([{ code: "missed", key: sha }]);
  expect((await poller.poll()).shortfalls).toEqual([]);
  commit({ "docs/guide.md": "more" });
  expect(await poller.facts()).toHaveLength(1);
});

it("sets aside a push that cannot be read, says so, tells later ones, and tells it when it can be read", async () => {
  const heavy = commit({ "docs/heavy.md": "text" });
  const off = fixture.sandbox.server.faults.add(
    new RegExp(`(to|ref_name)=[^&]*${heavy}`),
    { kind: "status", status: 500 },
    Infinity,
  );
  for (let polls = 0; polls < 3; polls += 1) {
    expect(await poller.facts()).toEqual([]);
    fixture.advance(60_000);
  }
  expect((await poller.poll()).shortfalls).toMatchObject([
    {
      code: "set_aside",
      values: { what: `main ${start.slice(0, 8)}...${heavy.slice(0, 8)}`, reason: "server" },
    },
  ]);
  const light = commit({ "docs/light.md": "text" });
  expect(only(await poller.facts(), "docs_change")).toMatchObject({
    headSha: light,
    files: [{ path: "docs/light.md" }],
  });
  off();
  fixture.advance(3_600_000);
  const outcome = await poller.poll();
  expect(outcome.facts).toMatchObject([{ facts: { headSha: heavy, files: [{ path: "docs/heavy.md" }] } }]);
  expect(outcome.shortfalls).toEqual([]);
  expect(await poller.facts()).toEqual([]);
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

it("tells a file of a push whose changes are more than one answer takes", async () => {
  commit({ "src/big.txt": "big", "docs/guide.md": "text" });
  const other = commit({ "src/b.ts": "code" });
  fixture.sandbox.server.faults.add(/compare/, { kind: "bomb", bytes: 11_000_000 }, Infinity);
  const facts = only(await poller.facts(), "docs_change");
  expect(facts).toMatchObject({ headSha: other, files: [{ path: "docs/guide.md", change: "added" }] });
  expect(facts.commits).toHaveLength(2);
});

it("looks commit by commit where GitLab says that it has not compared everything", async () => {
  const files: Record<string, string> = { "docs/guide.md": "text" };
  for (let index = 0; index < 320; index += 1) files[`src/${index}.ts`] = "code";
  commit(files);
  const diffs = [{ new_path: "src/0.ts", old_path: "src/0.ts", new_file: true }];
  const body = { commits: [], diffs, compare_timeout: true };
  fixture.sandbox.server.faults.add(/compare/, { kind: "status", status: 200, body });
  expect(only(await poller.facts(), "docs_change").files).toEqual([
    { path: "docs/guide.md", change: "added" },
  ]);
});

it("tells a push of 320 files whose documentation stands last", async () => {
  const files: Record<string, string> = {};
  for (let index = 0; index < 320; index += 1) files[`a/${index}.ts`] = "code";
  commit({ ...files, "docs/guide.md": "text" });
  expect(only(await poller.facts(), "docs_change").files).toMatchObject([{ path: "docs/guide.md" }]);
});

it("says so when a push has more commits than are looked at", async () => {
  for (let index = 0; index <= 100; index += 1) commit({ [`src/${index}.ts`]: "code" });
  fixture.sandbox.server.faults.add(/compare/, { kind: "status", status: 502 });
  expect((await poller.poll()).shortfalls).toMatchObject([
    { code: "cut", values: { what: "commits", limit: 100 } },
  ]);
});
