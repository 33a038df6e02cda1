import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LedgerEntry } from "../../src/sandbox/ledger.js";
import type { ShownMessage } from "../../src/sandbox/telegram/index.js";
import { checkGitHubGraphql } from "../support/github-graphql.js";
import { checkGitHubExchanges } from "../support/github-openapi.js";
import { checkGitLabExchanges, hasGitLabDescription } from "../support/gitlab-openapi.js";
import { checkTelegramExchanges, hasTelegramDescription } from "../support/telegram-description.js";
import { inspect, ownerChat, pollRound, startSurroundings, type Surroundings } from "./harness.js";
import { createRandom, type Expected, playOnGitHub, playOnGitLab, type Player } from "./play.js";

let world: Surroundings;
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(() => world.close());

const stepsPerSeed = 22;

describe.each([11, 23, 47])("a random play with seed %i", (seed) => {
  it("brings each thing once: a ping to whom it asks, an edit or a silent card else, nothing for own doings", async () => {
    const random = createRandom(seed);
    const players = [playOnGitHub(world, random), playOnGitLab(world, random)];
    await pollRound(world);
    const problems: string[] = [];
    for (let step = 0; step < stepsPerSeed; step += 1) {
      const player = players[step % 2] as Player;
      const before = snapshot(world);
      const expected = player.step();
      await pollRound(world);
      problems.push(...judge(expected, before, snapshot(world)).map((problem) => `step ${step}: ${problem}`));
    }
    expect(problems.join("\n")).toBe("");
    expect(world.logged.filter((line) => line.startsWith("error") || line.startsWith("warn"))).toEqual([]);
    await expectSettledBooks();
    const quiet = snapshot(world);
    await pollRound(world);
    expect(snapshot(world)).toEqual(quiet);
    asked.github.push(...world.github.server.ledger.entries);
    asked.gitlab.push(...world.gitlab.server.ledger.entries);
    asked.telegram.push(...world.telegram.ledger.entries);
  });
});

/** Every event exists once, and is owed to the chat at most once, and nothing owed is left. */
async function expectSettledBooks(): Promise<void> {
  const rows = await inspect(world, (db) =>
    db.selectFrom("deliveries").select(["state", "event_id", "destination_key"]).execute(),
  );
  expect(rows.filter((row) => row.state !== "delivered")).toEqual([]);
  const owed = rows
    .filter((row) => row.event_id !== null)
    .map((row) => `${row.destination_key} ${row.event_id}`);
  expect(new Set(owed).size).toBe(owed.length);
}

const asked = { github: [], gitlab: [], telegram: [] } as Record<
  "github" | "gitlab" | "telegram",
  LedgerEntry[]
>;

describe("what was asked and answered in all plays", () => {
  it("keeps to GitHub's official description", () => {
    expect(asked.github.length).toBeGreaterThan(100);
    expect(checkGitHubExchanges(asked.github)).toEqual([]);
    expect(checkGitHubGraphql(asked.github)).toEqual([]);
  });

  it.skipIf(!hasGitLabDescription)("keeps to GitLab's (skipped where ../shared/spec is not)", () => {
    expect(asked.gitlab.length).toBeGreaterThan(100);
    expect(checkGitLabExchanges(asked.gitlab)).toEqual([]);
  });

  it.skipIf(!hasTelegramDescription)("keeps to Telegram's (skipped where ../shared/spec is not)", () => {
    expect(asked.telegram.length).toBeGreaterThan(20);
    expect(checkTelegramExchanges(asked.telegram)).toEqual([]);
  });
});

function snapshot(surroundings: Surroundings): ShownMessage[] {
  return structuredClone(ownerChat(surroundings));
}

/** What differs between the chat before and after a step from what must. */
function judge(expected: Expected, before: ShownMessage[], after: ShownMessage[]): string[] {
  const known = new Set(before.map((message) => message.messageId));
  const fresh = after.filter((message) => !known.has(message.messageId));
  const loud = fresh.filter((message) => !message.silent);
  const silent = fresh.filter((message) => message.silent);
  const texts = (messages: ShownMessage[]) => JSON.stringify(messages.map((message) => message.text));
  const problems: string[] = [];
  const say = (problem: string) => problems.push(`${expected.what}: ${problem}`);
  if (expected.ping === undefined && loud.length > 0) say(`pings ${texts(loud)}`);
  if (expected.ping !== undefined) {
    const [only, ...more] = loud;
    if (only === undefined) say(`no ping; fresh ${texts(fresh)}`);
    else if (!expected.ping.every((word) => only.text.includes(word))) say(`pings with ${texts(loud)}`);
    if (more.length > 0) say(`pings more than once ${texts(loud)}`);
  }
  if (expected.ping === undefined && expected.card === undefined && silent.length > 0)
    say(`new cards ${texts(silent)}`);
  const wanted = expected.card ?? expected.shows;
  if (wanted !== undefined) {
    const showing = after.filter((message) => wanted.every((word) => message.text.includes(word)));
    if (showing.length !== 1)
      say(`${showing.length} messages show ${wanted.join(" & ")}; the chat is ${texts(after.slice(-4))}`);
    if (silent.length > 1) say(`more than one card ${texts(silent)}`);
  }
  if (expected.title !== undefined) {
    const title = expected.title;
    const cards = after.filter(
      (message) => message.text.includes(title) && !message.text.includes("continued below"),
    );
    if (cards.length > 1) say(`${cards.length} cards stand for ${title}: ${texts(cards)}`);
  }
  return problems;
}
