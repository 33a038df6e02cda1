import { expect, it } from "vitest";
import { Failure, type FailureKind } from "../../src/domain/failure.js";
import { closeUnfinished, performAction } from "../../src/operations/perform-action.js";
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
  expect(await merge(world)).toEqual({ result: "repeated" });
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
