import { afterEach, beforeEach, expect, it } from "vitest";
import type { Facts } from "../../../src/domain/facts/index.js";
import type { SourceKind } from "../../../src/domain/source.js";
import { account, colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, type Poller } from "./poller.js";

let fixture: GitLabFixture;
const hour = 3_600_000;
const kinds: SourceKind[] = ["mergeRequests", "pipelines", "repository", "wiki", "inbox"];

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

async function watch(kind: SourceKind): Promise<Poller> {
  const made = { author: account, title: "Old", source: "old" };
  fixture.sandbox.openMergeRequest(projectPath, made);
  fixture.sandbox.startPipeline(projectPath, { by: account, ref: "main" });
  fixture.sandbox.editWiki(projectPath, { by: colleague, slug: "Home", content: "old" });
  fixture.sandbox.issueNote(
    projectPath,
    fixture.sandbox.openIssue(projectPath, { author: colleague, title: "Old" }).iid,
    { by: colleague, body: `@${account}` },
  );
  const poller = await createPoller(fixture, kind);
  await poller.poll();
  fixture.advance(hour);
  return poller;
}

/** When each of these happened, as far as the facts say that it is news. */
function newsIn(facts: Facts[]): Facts[] {
  return facts.filter((one) => !("newsSince" in one) || one.newsSince === undefined || isNews(one));
}

function isNews(one: Facts): boolean {
  const since = "newsSince" in one ? (one.newsSince ?? "") : "";
  return ("createdAt" in one ? one.createdAt : "") >= since;
}

it.each(kinds)("of %s that cannot be read are said, and make no old thing new", async (kind) => {
  const poller = await watch(kind);
  poller.cursor = "damaged";
  const outcome = await poller.poll();
  expect(outcome.shortfalls).toMatchObject([{ code: "reread", key: kind }]);
  expect(newsIn(outcome.facts.map((one) => one.facts))).toEqual([]);
  fixture.advance(hour);
  expect((await poller.poll()).cursor).toMatchObject({ v: 1 });
});

it.each(kinds)("of %s that were never set are no lost ones", async (kind) => {
  const poller = await watch(kind);
  poller.cursor = {};
  expect((await poller.poll()).shortfalls).toEqual([]);
});

it.each(kinds)("of %s that a newer gitnotify wrote are left alone: nothing is polled", async (kind) => {
  const poller = await watch(kind);
  poller.cursor = { v: 99, strange: true };
  await expect(poller.poll()).rejects.toMatchObject({ kind: "unreachable", code: "newer_cursor" });
  expect(poller.cursor).toEqual({ v: 99, strange: true });
});
