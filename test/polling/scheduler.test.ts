import { describe, expect, it } from "vitest";
import { Failure } from "../../src/domain/failure.js";
import type { Activity } from "../../src/domain/source.js";
import type { Clock } from "../../src/lib/clock.js";
import { createPlanner, type Planner } from "../../src/polling/planner.js";
import { listEvents } from "../../src/store/events.js";
import type { StoreHealth, StoreTrouble } from "../../src/store/faults.js";
import { saveSubscription } from "../../src/store/subscriptions.js";
import { syncSources, updateSource } from "../../src/store/sources.js";
import { aProject, aSubscription, at, pipelineFacts } from "../support/builders.js";
import { pipelinesId, source, withProject } from "../support/fake-platform.js";
import { createPollingWorld, type PollingWorld, toSourceId } from "./polling-world.js";
import { handTicks, noPlan, startScheduler } from "./scheduler-world.js";

const minute = 60_000;

/** A plan that gets no further than knowing who this is. */
function startWithEndlessPlan(world: PollingWorld, connectionId: string) {
  const planner: Planner = {
    plan: (signal, hearing) => {
      hearing?.onSameAccount?.(connectionId);
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new Error("The daemon is stopping."))),
      );
    },
  };
  return startScheduler(world, { planner });
}

const realMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the scheduler", () => {
  it("plans, then polls what is due one after another", async () => {
    const world = await createPollingWorld();
    world.forge.projects.push(aProject({ connectionId: "forge", id: "8", path: "acme/web" }));
    await saveSubscription(world.opened.db, aSubscription({ projects: ["forge:acme/*"] }), 0);
    await startScheduler(world);
    await world.clock.settle();
    expect(world.forge.polls).toHaveLength(1);
    await world.clock.advance(200);
    expect(world.forge.polls.map(({ source }) => source.projectId)).toEqual(["7", "8"]);
  });

  it("wakes the deliveries when a poll owes something", async () => {
    const world = await createPollingWorld();
    await world.poll({ facts: withProject(world.project, pipelineFacts()) });
    await world.clock.advance(minute);
    world.forge.answers.set(pipelinesId, [
      { facts: withProject(world.project, pipelineFacts({ status: "failed", updatedAt: at(2) })) },
    ]);
    const { owed } = await startScheduler(world);
    await world.clock.advance(100);
    // Once after planning, once after the poll.
    expect(owed).toHaveLength(2);
  });

  it("wakes the deliveries after the first poll of a source: “now watching” may be owed by then", async () => {
    const world = await createPollingWorld();
    const { owed } = await startScheduler(world);
    await world.clock.advance(100);
    expect(owed).toHaveLength(2);
  });

  it("wakes the deliveries after news that nobody is owed: an earlier card may have an edit before it", async () => {
    const world = await createPollingWorld();
    await world.poll({ facts: withProject(world.project, pipelineFacts()) });
    await world.opened.db.deleteFrom("subscriptions").execute();
    await world.clock.advance(minute);
    const facts = withProject(world.project, pipelineFacts({ status: "failed", updatedAt: at(2) }));
    world.forge.answers.set(pipelinesId, [{ facts }]);
    const { owed } = await startScheduler(world, { planner: noPlan });
    await world.clock.advance(100);
    expect([owed.length, await world.owed()]).toEqual([2, []]);
  });

  it("lets no source overlap itself, and looks again when the poll is over", async () => {
    const world = await createPollingWorld();
    let running = 0;
    let most = 0;
    let release = () => {};
    world.forge.onPoll = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => (release = resolve));
      running -= 1;
    };
    await startScheduler(world, { pipelines: "* * * * * *" });
    await world.clock.settle();
    expect(running).toBe(1);
    // Several real ticks come while the first poll hangs.
    await realMs(2_200);
    await world.clock.advance(minute);
    expect([running, most, world.forge.polls.length]).toEqual([1, 1, 1]);
    release();
    await world.clock.advance(5 * minute);
    await realMs(1_200);
    await world.clock.advance(minute);
    expect([most, world.forge.polls.length]).toEqual([1, 2]);
    release();
  });

  it("stops only when the poll under way has ended, and then asks for nothing more", async () => {
    const world = await createPollingWorld();
    let release = () => {};
    world.forge.onPoll = () => new Promise<void>((resolve) => (release = resolve));
    const { scheduler } = await startScheduler(world);
    await world.clock.settle();
    expect(world.forge.polls).toHaveLength(1);
    let stopped = false;
    const stopping = scheduler.stop().then(() => (stopped = true));
    await world.clock.settle();
    expect(stopped).toBe(false);
    release();
    await stopping;
    expect([world.forge.polls.length, world.clock.sleepers()]).toEqual([1, 0]);
  });

  it("polls what was planned before as soon as it knows that the account is the same, and not what is new", async () => {
    const world = await createPollingWorld();
    world.forge.projects.push(aProject({ connectionId: "forge", id: "8", path: "acme/web" }));
    await world.poll();
    await syncSources(world.opened.db, "forge", [source("7"), source("8")]);
    await world.clock.advance(minute);
    const { scheduler } = await startWithEndlessPlan(world, "forge");
    await world.clock.advance(5_000);
    expect(world.forge.polls.map((poll) => poll.source.projectId)).toEqual(["7", "7"]);
    await scheduler.stop();
  });

  it("leaves a source be that nobody wants any more when its turn comes", async () => {
    const world = await createPollingWorld();
    world.forge.projects.push(aProject({ connectionId: "forge", id: "8", path: "acme/web" }));
    await saveSubscription(world.opened.db, aSubscription({ projects: ["forge:acme/*"] }), 0);
    await startScheduler(world);
    await world.clock.settle();
    await syncSources(world.opened.db, "forge", [source("7")]);
    await world.clock.advance(5_000);
    expect(world.forge.polls.map((poll) => poll.source.projectId)).toEqual(["7"]);
  });

  it("leaves a source be that was found to be gone before its turn came", async () => {
    const world = await createPollingWorld();
    const { db } = world.opened;
    world.forge.projects.push(aProject({ connectionId: "forge", id: "8", path: "acme/web" }));
    await syncSources(db, "forge", [source("7"), source("8")]);
    await startScheduler(world, { planner: noPlan });
    await world.clock.settle();
    await updateSource(db, "forge/pipelines/8", { pausedAt: world.clock.now() });
    await world.clock.advance(5_000);
    expect(world.forge.polls.map((poll) => poll.source.projectId)).toEqual(["7"]);
  });

  it("asks at its start for what a quicker schedule makes due, and for an inbox that was gone", async () => {
    const world = await createPollingWorld();
    const { db } = world.opened;
    const inbox = { connectionId: "forge", kind: "inbox" as const, projectId: null };
    await syncSources(db, "forge", [source("7"), inbox]);
    await world.poll({});
    await world.poll({}, toSourceId(inbox));
    const dueAt = world.clock.now() + 60 * minute;
    await updateSource(db, pipelinesId, { dueAt });
    await updateSource(db, toSourceId(inbox), { dueAt, pausedAt: world.clock.now(), failures: 3 });
    await world.clock.advance(minute);
    world.forge.polls.splice(0);
    await startScheduler(world, { planner: noPlan });
    await world.clock.advance(1_000);
    expect(world.forge.polls.map((poll) => poll.source.kind).sort()).toEqual(["inbox", "pipelines"]);
  });

  it("clears away what is old with each plan, but not while the clock cannot be trusted", async () => {
    const world = await createPollingWorld();
    const { db } = world.opened;
    await world.poll({ facts: withProject(world.project, pipelineFacts()) });
    await world.poll({ facts: withProject(world.project, pipelineFacts({ status: "failed" })) });
    expect(await listEvents(db, { limit: 9 })).toHaveLength(1);
    await db.updateTable("deliveries").set({ state: "delivered", settled_at: world.clock.now() }).execute();
    // Nothing was heard for a hundred days: the machine was off, or its clock leaps.
    const day = 24 * 60 * minute;
    let shift = 100 * day;
    const clock = { ...world.clock, now: () => world.clock.now() + shift };
    await startScheduler(world, { planner: noPlan, clock });
    await world.clock.advance(minute);
    expect(await listEvents(db, { limit: 9 })).toHaveLength(1);
    shift += day;
    await world.clock.advance(minute);
    expect(await listEvents(db, { limit: 9 })).toHaveLength(0);
  });

  it("plans anew soon after somebody beside it changed the subscriptions", async () => {
    const world = await createPollingWorld();
    world.forge.projects.push(aProject({ connectionId: "forge", id: "8", path: "acme/web" }));
    await startScheduler(world);
    await world.clock.advance(5_000);
    await saveSubscription(world.opened.db, aSubscription({ id: "s2", projects: ["forge:acme/web"] }), 0);
    await world.clock.advance(11_000);
    expect(world.forge.polls.map(({ source }) => source.projectId)).toEqual(["7", "8"]);
  });

  it("plans anew when a subscription came while the plan was being made", async () => {
    const world = await createPollingWorld();
    world.forge.projects.push(aProject({ connectionId: "forge", id: "8", path: "acme/web" }));
    const inner = createPlanner(world.dependencies);
    let plans = 0;
    const planner: Planner = {
      plan: async (signal) => {
        const problems = await inner.plan(signal);
        if ((plans += 1) === 1)
          await saveSubscription(
            world.opened.db,
            aSubscription({ id: "s2", projects: ["forge:acme/web"] }),
            0,
          );
        return problems;
      },
    };
    await startScheduler(world, { planner });
    await world.clock.advance(11_000);
    expect(plans).toBe(2);
  });

  it("goes on planning after a plan that failed of itself", async () => {
    const world = await createPollingWorld();
    let plans = 0;
    const planner: Planner = {
      plan: () =>
        (plans += 1) === 1 ? Promise.reject(new Error("database is locked")) : Promise.resolve([]),
    };
    await startScheduler(world, { planner });
    await world.clock.advance(6 * minute);
    expect(plans).toBe(2);
  });

  it("plans a failing connection sooner than a well one", async () => {
    const world = await createPollingWorld();
    let plans = 0;
    const failure = { kind: "unreachable" as const, values: {}, message: "No answer." };
    const problem = { where: "forge", failure };
    const planner: Planner = { plan: async () => ((plans += 1) <= 2 ? [problem] : []) };
    await startScheduler(world, { planner });
    await world.clock.advance(11 * minute);
    expect(plans).toBe(3);
    await world.clock.advance(50 * minute);
    expect(plans).toBe(3);
  });

  it("stays calm when a poll fails", async () => {
    const world = await createPollingWorld();
    world.forge.answers.set(pipelinesId, [new Failure("unreachable", { message: "No answer." })]);
    await startScheduler(world);
    await world.clock.advance(100);
    expect(await world.state()).toMatchObject({ failures: 1, cursor: null });
  });
});

describe("a tick", () => {
  it("between those of a kind's own expression asks for what is hot and due, and for nothing else", async () => {
    const { world, ticks, polled } = await withTwoSources();
    ticks.fire();
    await world.clock.advance(2_000);
    polled();
    await makeDue(world, { "7": "hot", "8": "warm" });
    ticks.fire({ quick: true });
    await world.clock.advance(2_000);
    expect(polled()).toEqual(["7"]);
  });

  it("asks for nothing, whatever runs, outside the hours of a kind's own expression", async () => {
    const { world, ticks, polled } = await withTwoSources();
    await makeDue(world, { "7": "hot", "8": "hot" });
    ticks.fire({ quick: true });
    await world.clock.advance(2_000);
    expect(polled()).toEqual([]);
    ticks.fire();
    await world.clock.advance(2_000);
    expect(polled()).toHaveLength(2);
    // Twice the time between two of its ticks has passed without one.
    await world.clock.advance(minute + 1_000);
    await makeDue(world, { "7": "hot", "8": "hot" });
    ticks.fire({ quick: true });
    await world.clock.advance(2_000);
    expect(polled()).toEqual([]);
  });

  it("that comes a little early asks all the same", async () => {
    const { world, ticks, polled } = await withTwoSources();
    await makeDue(world, { "7": "warm", "8": "warm" }, world.clock.now() + 400);
    ticks.fire();
    await world.clock.advance(2_000);
    expect(polled()).toHaveLength(2);
  });

  it("asks for one source in half a minute while nothing can be stored, and for all when it can be again", async () => {
    let trouble: StoreTrouble | null = { what: "full", message: "The disk is full." };
    let shift = 0;
    const { world, ticks, polled } = await withTwoSources({
      health: { trouble: () => trouble, listen: () => () => {} },
      clockOf: (clock) => ({ ...clock, now: () => clock.now() + shift }),
    });
    const tick = async () => {
      await makeDue(world, { "7": "warm", "8": "warm" });
      ticks.fire();
      await world.clock.advance(2_000);
      return polled().length;
    };
    await world.clock.advance(minute);
    expect([await tick(), await tick()]).toEqual([1, 0]);
    await world.clock.advance(30_000);
    expect(await tick()).toBe(1);
    // Nor does a clock that is set back hold it up for longer.
    shift = -60 * minute;
    expect([await tick(), await tick()]).toEqual([1, 0]);
    trouble = null;
    expect(await tick()).toBe(2);
  });
});

async function withTwoSources(options: { health?: StoreHealth; clockOf?: (clock: Clock) => Clock } = {}) {
  const world = await createPollingWorld();
  await syncSources(world.opened.db, "forge", [source("7"), source("8")]);
  await makeDue(world, { "7": "warm", "8": "warm" }, world.clock.now() + 60 * minute);
  const ticks = handTicks();
  const { health, clockOf = (clock) => clock } = options;
  await startScheduler(world, {
    ...{ planner: noPlan, startTicks: ticks.startTicks, clock: clockOf(world.clock) },
    ...(health !== undefined && { health }),
  });
  await world.clock.advance(1_000);
  /** Of which projects was asked since the last look. */
  const polled = () => world.forge.polls.splice(0).map((poll) => poll.source.projectId);
  polled();
  return { world, ticks, polled };
}

async function makeDue(world: PollingWorld, activities: Record<string, Activity>, dueAt = 0): Promise<void> {
  for (const [projectId, activity] of Object.entries(activities))
    await updateSource(world.opened.db, toSourceId(source(projectId)), { activity, dueAt });
}
