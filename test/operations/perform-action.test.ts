import { describe, expect, it } from "vitest";
import type { MergeRequestFacts } from "../../src/domain/facts/index.js";
import { saveCard } from "../../src/store/cards.js";
import { listDeliveries } from "../../src/store/outbox.js";
import { saveUpdates } from "../../src/store/updates.js";
import { mergeRequestFacts, pipelineFacts } from "../support/builders.js";
import { Failure, type FailureKind } from "../../src/domain/failure.js";
import { performAction } from "../../src/operations/perform-action.js";
import { closeUnfinished } from "../../src/operations/settle-action.js";
import { listAudit, unfinishedActions, verifyAudit } from "../../src/store/audit.js";
import { createBotWorld, memberId, ownersId, type BotWorld } from "../bot/bot-world.js";

const signal = new AbortController().signal;

function merge(world: BotWorld, request = "nonce:1", id = ownersId) {
  const subject = { connectionId: "forge", projectId: "7", type: "merge_request" as const, id: "12" };
  const role = id === ownersId ? ("owner" as const) : ("member" as const);
  const action = { verb: "merge" as const, projectPath: "acme/api", projectId: "7", number: 12, sha: "a1b2" };
  return performAction(
    world.operations,
    { member: { id, role, name: "Ann" }, chat: id, action, subject, request },
    signal,
  );
}

const results = async (world: BotWorld) =>
  (await listAudit(world.opened.db, 9)).map(({ result }) => result).reverse();

it("writes down that it starts before the platform hears of it, and how it ended", async () => {
  const world = await createBotWorld();
  world.forge.act = async () => {
    expect((await unfinishedActions(world.opened.db)).map(({ request }) => request)).toEqual(["nonce:1"]);
    return { outcome: "already", note: "" };
  };
  expect(await merge(world)).toEqual({ result: "already", account: "ann" });
  expect([await results(world), await unfinishedActions(world.opened.db)]).toEqual([
    ["started", "already"],
    [],
  ]);
  expect(await verifyAudit(world.opened.db)).toBeNull();
});

it("carries one request out once, also after a stop in the middle", async () => {
  const world = await createBotWorld();
  world.forge.act = () => new Promise(() => {});
  void merge(world);
  await world.clock.settle();
  world.forge.act = async () => ({ outcome: "done", note: "" });
  expect(await merge(world)).toMatchObject({ result: "repeated", ended: { result: "unknown" } });
  expect(await merge(world, "nonce:2")).toMatchObject({ result: "done" });
  expect(world.forge.actions).toHaveLength(2);
});

it("says after a restart that the end of an interrupted action is unknown, sends nothing again, and says it once", async () => {
  const world = await createBotWorld();
  world.forge.act = () => new Promise(() => {});
  void merge(world);
  await world.clock.settle();
  expect(await closeUnfinished(world.operations, signal)).toBe(1);
  expect(await closeUnfinished(world.operations, signal)).toBe(0);
  expect(await results(world)).toEqual(["started", "unknown"]);
  expect(world.forge.actions).toHaveLength(1);
  expect(await verifyAudit(world.opened.db)).toBeNull();
});

it.each<[FailureKind, string]>([
  ["ambiguous", "unknown"],
  ["forbidden", "refused"],
  ["conflict", "refused"],
  ["rejected", "refused"],
  ["gone", "refused"],
  ["throttled", "failed"],
  ["unreachable", "failed"],
  ["unauthorized", "failed"],
])("that ends %s is %s, and the card is looked at all the same", async (kind, result) => {
  const world = await createBotWorld();
  world.forge.act = () => Promise.reject(new Failure(kind, { message: "No." }));
  expect(await merge(world)).toMatchObject({ result, failure: { message: "No." } });
  expect([await results(world), world.refreshed]).toEqual([["started", result], ["12"]]);
});

it("does not know how a defect in the middle ended", async () => {
  const world = await createBotWorld();
  world.forge.act = () => Promise.reject(new TypeError("x is not a function"));
  expect(await merge(world)).toMatchObject({ result: "unknown" });
});

it("lends nobody the owner's account", async () => {
  const world = await createBotWorld();
  expect(await merge(world, "nonce:1", memberId)).toEqual({ result: "unlinked" });
  expect([world.forge.actions, await results(world)]).toEqual([[], ["refused"]]);
});

describe("an action that a stop interrupted", () => {
  async function interrupted(facts: Partial<MergeRequestFacts> | null) {
    const world = await createBotWorld();
    world.forge.act = () => new Promise(() => {});
    if (facts !== null) world.forge.readable.set("12", mergeRequestFacts({ headSha: "a1b2", ...facts }));
    const address = { destination: `telegram:${ownersId}:`, subject: "forge/7/merge_request/12" };
    await saveCard(world.opened.db, address, { messageId: "60", fingerprint: "f", chat: ownersId, now: 0 });
    void merge(world);
    await world.clock.settle();
    return world;
  }

  it.each<[string, Partial<MergeRequestFacts> | null, string]>([
    ["was done", { state: "merged" }, "done"],
    ["was not done", { state: "open" }, "failed"],
    ["is not known", { state: "closed" }, "unknown"],
    ["cannot be read", null, "unknown"],
  ])("and that %s is told, and its card gets fresh buttons", async (_what, facts, standing) => {
    const world = await interrupted(facts);
    await closeUnfinished(world.operations, signal);
    expect(await results(world)).toEqual(["started", standing]);
    const owed = await listDeliveries(world.opened.db, { limit: 9 });
    expect(owed.map(({ mode }) => mode).sort()).toEqual(["notice", "update"]);
    expect(owed.find(({ mode }) => mode === "notice")?.notice).toEqual({
      name: "interrupted",
      values: { verb: "merge", what: "acme/api#12", standing },
    });
    expect(await verifyAudit(world.opened.db)).toBeNull();
  });

  it("and was a retry that has ended by now is not called undone", async () => {
    const world = await createBotWorld();
    world.forge.act = () => new Promise(() => {});
    const subject = { connectionId: "forge", projectId: "7", type: "pipeline" as const, id: "900" };
    const action = { verb: "retry" as const, projectPath: "acme/api", projectId: "7", pipelineId: "900" };
    const member = { id: ownersId, role: "owner" as const, name: "Ann" };
    const at = (minutes: number) => new Date(world.clock.now() + minutes * 60_000).toISOString();
    world.forge.readable.set(
      "900",
      pipelineFacts({ status: "failed", startedAt: at(-60), updatedAt: at(1) }),
    );
    void performAction(
      world.operations,
      { member, chat: ownersId, action, subject, request: "nonce:1" },
      signal,
    );
    await world.clock.settle();
    await closeUnfinished(world.operations, signal);
    expect(await results(world)).toEqual(["started", "unknown"]);
  });

  it("is left to the press that waits to be handled again, which tells it", async () => {
    const world = await interrupted({ state: "merged" });
    const payload = JSON.stringify({ callback_query: { data: "1" } });
    await saveUpdates(world.opened.db, [{ updateId: 5, payload }], 0);
    await closeUnfinished(world.operations, signal);
    expect((await listDeliveries(world.opened.db, { limit: 9 })).map(({ mode }) => mode)).toEqual(["update"]);
    expect(await merge(world)).toMatchObject({ result: "repeated", ended: { result: "done" } });
  });
});

it("tells how it went although the store is held for a while, and writes it down after that", async () => {
  const world = await createBotWorld();
  world.forge.act = async () => {
    world.opened.raw.exec(
      "create trigger held before insert on audit begin select raise(abort, 'busy'); end",
    );
    return { outcome: "done", note: "" };
  };
  const merging = merge(world);
  await world.clock.settle();
  world.opened.raw.exec("drop trigger held");
  await world.clock.advance(1_000);
  expect(await merging).toMatchObject({ result: "done" });
  expect(await results(world)).toEqual(["started", "done"]);
});
