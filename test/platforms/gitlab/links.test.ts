import { afterEach, beforeEach, expect, it } from "vitest";
import { toOwnUrl } from "../../../src/platforms/gitlab/links.js";
import { account, colleague, projectPath, startFixture, token, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, signal } from "./poller.js";

let fixture: GitLabFixture;
const hour = 3_600_000;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

/** Every answer from here on names another host in its addresses. */
async function lie(paths: string[]): Promise<void> {
  for (const path of paths) {
    const response = await fetch(`${fixture.sandbox.url}/api/v4/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const body = (await response.text()).replaceAll(fixture.sandbox.url, "https://evil.example");
    const match = new RegExp(`/api/v4/${path.split("?", 1)[0] ?? ""}(\\?|$)`);
    const headers = { "content-type": "application/json" };
    fixture.sandbox.server.faults.add(match, { kind: "status", status: 200, body, headers }, Infinity);
  }
}

it("never lead to the host that an answer names", async () => {
  const project = await fixture.project();
  const made = { author: account, title: "Login", source: "login" };
  const { iid } = fixture.sandbox.openMergeRequest(projectPath, made);
  const requests = await createPoller(fixture, "mergeRequests");
  const pipelines = await createPoller(fixture, "pipelines");
  for (const poller of [requests, pipelines]) await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.note(projectPath, iid, { by: colleague, body: "hello" });
  const { id } = fixture.sandbox.startPipeline(projectPath, { by: account, mergeRequest: iid });
  const jobs = [{ name: "unit", stage: "test", status: "failed", log: "" }];
  fixture.sandbox.finishPipeline(projectPath, id, { status: "failed", jobs });
  const base = `projects/${project.id}`;
  await lie([
    base,
    `${base}/merge_requests/${iid}`,
    `${base}/pipelines/${id}`,
    `${base}/pipelines/${id}/jobs`,
  ]);
  const facts = [...(await requests.facts()), ...(await pipelines.facts())];
  expect(facts).toHaveLength(2);
  expect(JSON.stringify(facts)).not.toContain("evil.example");
  const again = await fixture.connection.refreshProject(project, signal());
  expect(again.url).toBe(`${fixture.sandbox.url}/${projectPath}`);
});

it("do not follow a project whose stored address is another host's", async () => {
  const project = { ...(await fixture.project()), url: "https://evil.example/acme/api" };
  const made = { author: account, title: "Login", source: "login" };
  const { iid } = fixture.sandbox.openMergeRequest(projectPath, made);
  const facts = await fixture.connection.readMergeRequest(project, iid, signal());
  expect(facts.url).toBe(`${fixture.sandbox.url}/${projectPath}/-/merge_requests/${iid}`);
});

const sub = {
  ...{ id: "work", platform: "gitlab", allowPrivateAddress: true, allowHttp: true },
  url: "https://git.example/gitlab",
};

it.each([
  [
    "https://git.example/gitlab/acme/api/-/issues/1#note_2",
    "https://git.example/gitlab/acme/api/-/issues/1#note_2",
  ],
  ["https://evil.example/gitlab/acme/api/-/issues/1", "https://git.example/gitlab/acme/api/-/issues/1"],
  ["https://evil.example/acme/api/-/issues/1", undefined],
  ["javascript:alert(1)", undefined],
  ["no address", undefined],
])("make %s to %s", (told, own) => {
  expect(toOwnUrl(sub, told)).toBe(own);
});
