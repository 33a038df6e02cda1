import { afterEach, beforeEach, expect, it } from "vitest";
import { colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, type Poller } from "./poller.js";

let fixture: GitLabFixture;
let poller: Poller;
const hour = 3_600_000;
const events = /\/events/;
const pages = /\/wikis/;

beforeEach(async () => {
  fixture = await startFixture();
  edit("home", "welcome");
  edit("guide", "how to");
  poller = await createPoller(fixture, "wiki");
  await poller.poll();
  fixture.advance(hour);
});
afterEach(() => fixture.close());

function edit(slug: string, content: string | null): void {
  fixture.sandbox.editWiki(projectPath, { by: colleague, slug, title: slug, content });
}

function count(match: RegExp): number {
  return fixture.sandbox.server.ledger.count(match);
}

function hideEvents(): () => void {
  return fixture.sandbox.server.faults.add(events, { kind: "status", status: 200, body: [] }, Infinity);
}

async function pollTimes(times: number) {
  const all = [];
  for (let round = 0; round < times; round += 1) all.push(...(await poller.facts()));
  return all;
}

it("asks for events only, while there are none", async () => {
  await poller.poll();
  fixture.sandbox.server.ledger.clear();
  expect(await poller.facts()).toEqual([]);
  expect(count(events)).toBe(1);
  expect(count(/./)).toBe(1);
});

it("tells who changed a page and when, under the event's identity", async () => {
  edit("guide", "how to, better");
  const facts = only(await poller.facts(), "wiki_page");
  expect(facts).toMatchObject({
    slug: "guide",
    change: "updated",
    actor: { login: colleague },
    at: new Date(fixture.now()).toISOString(),
  });
  expect(facts.changeId).toMatch(/^event:\d+$/);
  expect(facts.url).toBe(`${fixture.sandbox.url}/${projectPath}/-/wikis/guide`);
});

it("finds a change without an event within twelve polls, each under an identity of its own", async () => {
  hideEvents();
  edit("guide", "A");
  const first = only(await pollTimes(12), "wiki_page");
  edit("guide", "how to");
  const second = only(await pollTimes(12), "wiki_page");
  edit("guide", "A");
  const third = only(await pollTimes(12), "wiki_page");
  expect(first).toMatchObject({ slug: "guide", change: "updated", actor: null });
  expect(new Set([first, second, third].map((one) => one.changeId)).size).toBe(3);
});

it("calls a page deleted without an event only when two lists in a row lack it", async () => {
  hideEvents();
  edit("guide", null);
  const found = [];
  for (let round = 0; round < 13; round += 1) {
    found.push(...(await poller.facts()).map((one) => [round, one.type === "wiki_page" && one.change]));
  }
  // Listed at the twelfth poll, where it is missing, and at the thirteenth again.
  expect(found).toEqual([[12, "deleted"]]);
});

it("does not call pages deleted that one list leaves out", async () => {
  hideEvents();
  await pollTimes(11);
  fixture.sandbox.server.faults.add(pages, { kind: "status", status: 200, body: [] });
  expect(await pollTimes(14)).toEqual([]);
});

it("does not call pages deleted when the wiki is switched off, nor new when it comes back", async () => {
  for (const status of [403, 404]) {
    const off = fixture.sandbox.server.faults.add(/\/(wikis|events)/, { kind: "status", status }, Infinity);
    expect(await poller.poll()).toMatchObject({
      facts: [],
      activity: "cold",
      shortfalls: [{ code: "denied", key: "wiki" }],
    });
    off();
    expect(await pollTimes(14)).toEqual([]);
  }
});

it("tells a page that was moved once, as the new page", async () => {
  edit("handbook", "how to");
  edit("guide", null);
  const facts = only(await poller.facts(), "wiki_page");
  expect(facts).toMatchObject({ slug: "handbook", change: "updated", summary: "Moved from guide" });
});

it("works on an instance that does not know the filter for wiki events", async () => {
  const refuse = {
    kind: "status",
    status: 400,
    body: { error: "target_type does not have a valid value" },
  } as const;
  fixture.sandbox.server.faults.add(/target_type=wiki/, refuse, Infinity);
  edit("guide", "filtered by ourselves");
  expect(only(await poller.facts(), "wiki_page")).toMatchObject({ actor: { login: colleague } });
  fixture.sandbox.server.ledger.clear();
  await poller.poll();
  expect(count(/./)).toBe(1);
});

it("rejects with gone when the project is deleted", async () => {
  fixture.sandbox.deleteProject(projectPath);
  await expect(poller.poll()).rejects.toMatchObject({ kind: "gone" });
});
