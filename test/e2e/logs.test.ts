import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { toTrace } from "../../src/lib/trace.js";
import { eventually, inspect, owner, ownerChat, startSurroundings, type Surroundings } from "./harness.js";
import { type Spawned, spawnGitnotify } from "./process.js";

const project = "platform/core";

vi.setConfig({ testTimeout: 60_000 });

let world: Surroundings;
let daemon: Spawned;
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(async () => {
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  await world.close();
});

type Line = Record<string, unknown> & { message: string };

const lines = (): Line[] =>
  readFileSync(join(world.home, "logs", "gitnotify.log"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const saying = (...words: string[]) =>
  ownerChat(world).filter((message) => words.every((word) => message.text.includes(word)));
const messages = (found: Line[]) => found.map(({ message }) => message);

it("follows one event by its trace from the poll to the message, and a press by its own to the answer", async () => {
  daemon = spawnGitnotify(world, ["start"]);
  await eventually(() => saying("Now watching", project).length > 0, { describe: () => daemon.printed() });
  world.telegram.faults.add(/sendMessage/, { kind: "status", status: 502 });
  const { iid } = world.gitlab.openMergeRequest(project, {
    author: "bob",
    title: "Traced",
    source: "traced",
  });
  world.gitlab.requestReview(project, iid, { by: "bob", reviewer: "mia" });
  const card = await eventually(() => saying("Traced", "requested your review")[0], {
    describe: () => daemon.printed(),
  });
  world.telegram.press({ userId: owner, chatId: owner, messageId: card.messageId, button: "Approve" });
  await eventually(() => world.telegram.answers.some(({ text }) => text?.includes("Approved")), {
    describe: () => daemon.printed(),
  });
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);

  const keys = await inspect(world, (db) => db.selectFrom("events").select(["key", "kind"]).execute());
  const asked = toTrace(keys.find(({ kind }) => kind === "review.requested")?.key ?? "");
  const way = lines().filter(
    ({ trace, traces }) => trace === asked || (Array.isArray(traces) && traces.includes(asked)),
  );
  expect(messages(way)).toEqual([
    "An event was seen",
    "A message was not delivered",
    "A message was delivered",
  ]);
  expect(way[0]).toMatchObject({
    kind: "review.requested",
    project: `work:${project}`,
    owed: 1,
    room: "polling",
  });
  expect(way[2]).toMatchObject({ room: "delivery", messageId: String(card.messageId) });
  expect(way[2]?.["ms"]).toBeGreaterThan(0);
  expect(way[2]?.["deliveries"]).toEqual(way[1]?.["deliveries"]);

  const pressed = lines().find(({ message }) => message === "A button was pressed");
  const subject = way[0]?.["subject"];
  expect(pressed).toMatchObject({ subject, trace: expect.stringMatching(/^[0-9a-f]{12}$/) as string });
  expect(messages(lines().filter(({ trace }) => trace === pressed?.["trace"]))).toEqual([
    "A button was pressed",
    "An action begins",
    "An action is done",
    "A press was answered",
  ]);
});

it("tells the owner once that another program polls the bot, and goes on delivering", async () => {
  const body = {
    ok: false,
    error_code: 409,
    description:
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  };
  world.telegram.faults.add(/getUpdates/, { kind: "status", status: 409, body }, Infinity);
  daemon = spawnGitnotify(world, ["start"]);
  await eventually(() => saying("Another program reads this bot's updates").length > 0, {
    describe: () => daemon.printed(),
  });
  await eventually(() => saying("Now watching", project).length > 0);
  world.gitlab.openMergeRequest(project, { author: "bob", title: "Told meanwhile", source: "told" });
  await eventually(() => saying("Told meanwhile").length > 0, { describe: () => daemon.printed() });
  daemon.child.kill("SIGHUP");
  await eventually(() => daemon.printed().includes("Settings reloaded"), {
    describe: () => daemon.printed(),
  });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(saying("Another program reads this bot's updates")).toHaveLength(1);
});
