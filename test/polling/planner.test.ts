import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import type { Access } from "../../src/domain/connection.js";
import { Failure } from "../../src/domain/failure.js";
import type { Subscription } from "../../src/domain/subscription.js";
import { createPlanner } from "../../src/polling/planner.js";
import { findAccount } from "../../src/store/accounts.js";
import { describePlanProblem } from "../../src/domain/plan-problem.js";
import { listDeliveries } from "../../src/store/outbox.js";
import { listSources, syncSources, updateSource } from "../../src/store/sources.js";
import { deleteSubscription, saveSubscription } from "../../src/store/subscriptions.js";
import { aProject, aSubscription } from "../support/builders.js";
import { pipelinesId, source } from "../support/fake-platform.js";
import { createPollingWorld, type PollingWorld } from "./polling-world.js";

const signal = new AbortController().signal;

async function plan(world: PollingWorld): Promise<string[]> {
  return (await createPlanner(world.dependencies).plan(signal)).map(describePlanProblem);
}

async function planned(world: PollingWorld): Promise<string[]> {
  return (await listSources(world.opened.db)).map(({ id }) => id);
}

async function subscribe(world: PollingWorld, changes: Partial<Subscription>): Promise<void> {
  await saveSubscription(world.opened.db, aSubscription(changes), world.clock.now());
}

async function createWorld(): Promise<PollingWorld> {
  const world = await createPollingWorld();
  const forge = (id: string, path: string, archived = false) =>
    aProject({ connectionId: "forge", id, path, archived });
  world.forge.projects.push(forge("8", "acme/web"), forge("9", "other/tool"), forge("10", "acme/old", true));
  return world;
}

describe("a plan", () => {
  it("polls what an exact pattern names", async () => {
    const world = await createWorld();
    expect([await plan(world), await planned(world)]).toEqual([[], [pipelinesId]]);
    expect(world.forge.searches).toBe(0);
  });

  it("polls everything that a wildcard covers but what is archived", async () => {
    const world = await createWorld();
    await subscribe(world, { projects: ["forge:acme/*"] });
    await plan(world);
    expect(await planned(world)).toEqual(["forge/pipelines/7", "forge/pipelines/8"]);
    await subscribe(world, { projects: ["*"] });
    await plan(world);
    expect(await planned(world)).toHaveLength(3);
  });

  it("watches 130 projects of a wildcard, and says so when it covers more than it watches", async () => {
    const world = await createWorld();
    for (let n = 0; n < 130; n += 1)
      world.forge.projects.push(aProject({ connectionId: "forge", id: `1${n}`, path: `acme/p${n}` }));
    await subscribe(world, { projects: ["forge:acme/*"] });
    expect(await plan(world)).toEqual([]);
    expect(await planned(world)).toContain("forge/pipelines/1126");
    for (let n = 130; n < 520; n += 1)
      world.forge.projects.push(aProject({ connectionId: "forge", id: `1${n}`, path: `acme/p${n}` }));
    expect(await plan(world)).toEqual([expect.stringContaining("forge:acme/*: More than 500 projects")]);
    // One of the five hundred is archived.
    expect(await planned(world)).toHaveLength(499);
  });

  it("leaves patterns of other connections to them", async () => {
    const world = await createWorld();
    await subscribe(world, { projects: ["work:acme/web", "forge:acme/api"] });
    expect([await plan(world), await planned(world)]).toEqual([[], [pipelinesId]]);
  });

  it("names a project that is not found and plans the rest", async () => {
    const world = await createWorld();
    await subscribe(world, { projects: ["forge:acme/nothing", "forge:acme/web"] });
    expect(await plan(world)).toEqual(["forge:acme/nothing: acme/nothing is not on this forge."]);
    expect(await planned(world)).toEqual(["forge/pipelines/8"]);
  });

  it("finds a renamed project by its pattern of before", async () => {
    const world = await createWorld();
    await plan(world);
    await world.poll({ renamed: { ...world.project, path: "acme/gateway" } });
    world.forge.projects[0] = { ...world.project, path: "acme/gateway" };
    expect([await plan(world), await planned(world)]).toEqual([[], [pipelinesId]]);
  });

  it("adds the inbox for a personal subscription", async () => {
    const world = await createWorld();
    await saveSubscription(world.opened.db, { ...aSubscription(), projects: undefined }, 0);
    await plan(world);
    expect(await planned(world)).toContain("forge/inbox/-");
  });

  it("rests what nobody wants any more, and finds its cursor again", async () => {
    const world = await createWorld();
    await world.poll({ cursor: "kept" });
    await deleteSubscription(world.opened.db, "s1");
    await plan(world);
    expect(await planned(world)).toEqual([]);
    await subscribe(world, { projects: ["forge:acme/api"] });
    await plan(world);
    expect((await world.state()).cursor).toBe("kept");
  });

  it("keeps what was planned before when the connection cannot be asked", async () => {
    const world = await createWorld();
    await plan(world);
    world.forge.trouble = new Failure("unreachable", { message: "No answer.", remedy: "Look at the cable." });
    expect(await plan(world)).toEqual(["forge: No answer. Look at the cable."]);
    expect(await planned(world)).toEqual([pipelinesId]);
    const retryAt = new Date(world.clock.now() + 60_000).toISOString();
    world.forge.trouble = new Failure("throttled", { message: "Too much.", retryAt });
    await plan(world);
    expect((await findAccount(world.opened.db, "forge"))?.throttledUntil).toBe(Date.parse(retryAt));
  });

  it("polls a project again that was taken for gone and has come back", async () => {
    const world = await createWorld();
    await updateSource(world.opened.db, pipelinesId, {
      pausedAt: 5,
      failures: 3,
      failingSince: 1,
      dueAt: 9e12,
    });
    const projects = world.forge.projects.splice(0);
    await plan(world);
    expect((await world.state()).pausedAt).toBe(5);
    world.forge.projects.push(...projects);
    await plan(world);
    expect(await world.state()).toMatchObject({ pausedAt: null, failures: 0, failingSince: null, dueAt: 0 });
  });

  it("says of no project that it was found of which nothing but its number is known", async () => {
    const world = await createWorld();
    const { db } = world.opened;
    await syncSources(db, "forge", [source("7"), source("99")]);
    await updateSource(db, "forge/pipelines/99", { pausedAt: 5 });
    await plan(world);
    expect(await world.owed()).not.toContain("found");
  });

  it("says at once that the account and its rights are those of the plan before, and of others it does not", async () => {
    const world = await createWorld();
    const planner = createPlanner(world.dependencies);
    const heardWith = async (changes: Partial<Access>): Promise<string[]> => {
      world.forge.access = { ...world.forge.access, ...changes };
      const heard: string[] = [];
      await planner.plan(signal, { onSameAccount: (id) => heard.push(id) });
      return heard;
    };
    const { account, scopes } = world.forge.access;
    expect(await heardWith({})).toEqual(["forge"]);
    expect(await heardWith({ account: { ...account, id: "another" } })).toEqual([]);
    expect(await heardWith({})).toEqual(["forge"]);
    expect(await heardWith({ scopes: [...scopes, "one-more"] })).toEqual([]);
    expect(await heardWith({})).toEqual(["forge"]);
  });

  it("says nothing of an account that was never planned for", async () => {
    const world = await createWorld();
    await sql`delete from accounts`.execute(world.opened.db);
    const heard: string[] = [];
    await createPlanner(world.dependencies).plan(signal, { onSameAccount: (id) => heard.push(id) });
    expect(heard).toEqual([]);
  });

  it("that began earlier does not undo a later one that knows of a new subscription", async () => {
    const world = await createWorld();
    const planner = createPlanner(world.dependencies);
    const { subscriptions } = world.dependencies;
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let calls = 0;
    world.dependencies.subscriptions = async () => {
      const found = await subscriptions();
      if ((calls += 1) === 1) await held;
      return found;
    };
    const earlier = planner.plan(signal);
    await world.clock.settle();
    await subscribe(world, { id: "s2", projects: ["forge:acme/web"] });
    const later = planner.plan(signal);
    await world.clock.settle();
    release();
    await Promise.all([earlier, later]);
    expect(await planned(world)).toEqual(["forge/pipelines/7", "forge/pipelines/8"]);
  });

  it("goes on with the next plan after one that failed of itself", async () => {
    const world = await createWorld();
    const planner = createPlanner(world.dependencies);
    const { subscriptions } = world.dependencies;
    world.dependencies.subscriptions = () => Promise.reject(new Error("database is locked"));
    await expect(planner.plan(signal)).rejects.toThrow("locked");
    world.dependencies.subscriptions = subscriptions;
    expect(await planner.plan(signal)).toEqual([]);
  });
});

describe("“now watching”", () => {
  const watching = async (world: PollingWorld) =>
    (await listDeliveries(world.opened.db, { limit: 20 }))
      .filter(({ notice }) => notice?.name.startsWith("watching") === true)
      .map(({ destination, notice }) => [destination.chat, notice?.values.projects])
      .reverse();

  it("is said once, when the last new source has its baseline", async () => {
    const world = await createWorld();
    await subscribe(world, { projects: ["forge:acme/*"] });
    await plan(world);
    await world.poll();
    expect(await watching(world)).toEqual([]);
    await world.poll({}, "forge/pipelines/8");
    await plan(world);
    expect(await watching(world)).toEqual([["500", "acme/api, acme/web"]]);
  });

  it("is not held up by a source that fails, whichever comes first", async () => {
    const world = await createWorld();
    await subscribe(world, { projects: ["forge:acme/*"] });
    await plan(world);
    await world.poll();
    await world.poll(new Failure("forbidden", { message: "Not for you." }), "forge/pipelines/8");
    expect(await watching(world)).toHaveLength(1);
  });

  it("is said at once to a chat that joins in on what is polled already", async () => {
    const world = await createWorld();
    await plan(world);
    await world.poll();
    await subscribe(world, { id: "g", to: { chat: "-100" }, projects: ["forge:acme/api"] });
    await plan(world);
    await plan(world);
    expect(await watching(world)).toEqual([
      ["500", "acme/api"],
      ["-100", "acme/api"],
    ]);
  });
});
