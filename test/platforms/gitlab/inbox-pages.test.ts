import { afterEach, beforeEach, expect, it } from "vitest";
import { account, colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, type Poller } from "./poller.js";

let fixture: GitLabFixture;
let poller: Poller;
const hour = 3_600_000;

beforeEach(async () => {
  fixture = await startFixture();
  poller = await createPoller(fixture, "inbox");
  await poller.poll();
  fixture.advance(hour);
});
afterEach(() => fixture.close());

/** The to-do list with these rows, as GitLab gives them. */
async function give(rows: object[]): Promise<void> {
  const { id } = await fixture.project();
  const created_at = new Date(fixture.now()).toISOString();
  const author = { id: 12, username: colleague };
  const common = {
    action_name: "mentioned",
    project: { id: Number(id) },
    author,
    created_at,
    state: "pending",
  };
  const body = rows.map((row, index) => ({ id: 9000 + index, ...common, ...row }));
  fixture.sandbox.server.faults.add(/\/todos/, { kind: "status", status: 200, body });
}

it("brings a mention on a commit with its title, its text and a link", async () => {
  const url = `${fixture.sandbox.url}/${projectPath}/-/commit/1a2b3c4d5e6f#note_7`;
  const target = { id: "1a2b3c4d5e6f", short_id: "1a2b3c4d", title: "Add the thing" };
  await give([{ target_type: "Commit", target, target_url: url, body: `@${account} why?` }]);
  expect(only(await poller.facts(), "issue")).toMatchObject({
    page: { name: "1a2b3c4d" },
    title: "Add the thing",
    url,
    comments: [
      { id: "todo:9000", actor: { login: colleague }, body: `@${account} why?`, mentionsAccount: true, url },
    ],
  });
});

it("brings one on an epic, which is in a group and in no project", async () => {
  const url = `${fixture.sandbox.url}/groups/acme/-/epics/5`;
  const row = { target_type: "Epic", target: { id: 88, iid: 5, title: "Big" }, target_url: url, body: "Big" };
  await give([{ ...row, project: null, group: { id: 55, full_path: "acme" } }]);
  const { facts } = await poller.poll();
  expect(facts).toMatchObject([
    { project: { id: "group:55", path: "acme" }, facts: { page: { name: "&5" }, title: "Big", url } },
  ]);
});

it.each([
  ["DesignManagement::Design", "design"],
  ["AlertManagement::Alert", "alert"],
  ["WikiPage::Meta", "wiki page"],
  ["Vulnerability", "vulnerability"],
  ["SomethingOf2031", "something of2031"],
])("brings one on a %s", async (type, name) => {
  const url = `${fixture.sandbox.url}/${projectPath}/-/things/1`;
  await give([{ target_type: type, target: { id: 3 }, target_url: url, body: `Hello @${account}\nmore` }]);
  expect(only(await poller.facts(), "issue")).toMatchObject({
    page: { name },
    title: `Hello @${account}`,
    url,
  });
});

it("tells two mentions on one page as two of one page, and passes over what nobody asks", async () => {
  const url = `${fixture.sandbox.url}/${projectPath}/-/commit/1a2b3c4d`;
  const target = { id: "1a2b3c4d", title: "Add" };
  const row = { target_type: "Commit", target };
  await give([
    { ...row, target_url: `${url}#note_1`, body: "one" },
    { ...row, target_url: `${url}#note_2`, body: "two" },
    { ...row, target_url: url, action_name: "marked", body: "mine" },
    { target_type: "Key", target: null, target_url: "x", action_name: "ssh_key_expired", body: "expired" },
  ]);
  expect(only(await poller.facts(), "issue").comments.map(({ body }) => body)).toEqual(["one", "two"]);
});

it("links to this GitLab alone, whatever host the to-do names", async () => {
  const target = { id: "1a2b3c4d", title: "Add" };
  const target_url = `https://evil.example/${projectPath}/-/commit/1a2b3c4d`;
  await give([{ target_type: "Commit", target, target_url, body: "one" }]);
  expect(only(await poller.facts(), "issue").url).toBe(
    `${fixture.sandbox.url}/${projectPath}/-/commit/1a2b3c4d`,
  );
});
