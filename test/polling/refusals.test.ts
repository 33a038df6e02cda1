import { describe, expect, it } from "vitest";
import { Failure } from "../../src/domain/failure.js";
import { findAccount, saveQuota, saveRefusal } from "../../src/store/accounts.js";
import { createPollingWorld, type PollingWorld } from "./polling-world.js";

const unauthorized = new Failure("unauthorized", { message: "The token is refused." });
const account = (world: PollingWorld) => findAccount(world.opened.db, "forge");

describe("a poll that is refused", () => {
  it("while the account was paused by another asks nothing more, and lifts no pause", async () => {
    const world = await createPollingWorld();
    const client = world.dependencies.connections.get("forge")!.client;
    let asked = 0;
    client.checkAccess = () => {
      asked += 1;
      return Promise.resolve(world.forge.access);
    };
    const refusal = { refusals: 1, refusedAt: 5, pausedAt: 5, reason: "Expired." };
    world.forge.onPoll = () => saveRefusal(world.opened.db, "forge", refusal);
    await world.poll(unauthorized);
    expect([asked, (await account(world))?.pausedAt]).toEqual([0, 5]);
  });

  it("pauses nothing while the credential cannot be asked about", async () => {
    const world = await createPollingWorld();
    world.forge.trouble = new Failure("unreachable", { message: "No answer." });
    await world.poll(unauthorized);
    expect((await account(world))?.pausedAt).toBeNull();
    expect(await world.owed()).toEqual([]);
  });

  it("brings what the credential may do now, where it is good after all", async () => {
    const world = await createPollingWorld();
    world.forge.access = { ...world.forge.access, scopes: ["read"] };
    await world.poll(unauthorized);
    expect((await account(world))?.access?.scopes).toEqual(["read"]);
  });
});

it("a poll writes down what is left of the quota, and one that says nothing of it leaves what was known", async () => {
  const world = await createPollingWorld();
  await saveQuota(world.opened.db, "forge", { limit: 10, remaining: 9, resetAt: "2026-11-02T10:00:00.000Z" });
  const quota = { limit: 5000, remaining: 4321, resetAt: "2026-11-02T11:00:00.000Z" };
  await world.poll({ quota });
  await world.poll({});
  expect((await account(world))?.quota).toEqual(quota);
});
