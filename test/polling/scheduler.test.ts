import { describe, expect, it, onTestFinished } from "vitest";
import { Failure } from "../../src/domain/failure.js";
import { createPlanner, type Planner } from "../../src/polling/planner.js";
import { createScheduler, type Scheduler } from "../../src/polling/scheduler.js";
import { startTicks, type Tick } from "../../src/polling/ticks.js";
import { saveSubscription } from "../../src/store/subscriptions.js";
import { syncSources, updateSource } from "../../src/store/sources.js";
import { aProject, aSubscription, at, pipelineFacts } from "../support/builders.js";
import { pipelinesId, source, withProject } from "../support/fake-platform.js";
import { createPollingWorld, type PollingWorld } from "./polling-world.js";

const never = "0 0 29 2 *";
const minute = 60_000;

/** A scheduler whose cron ticks never come, unless a test names expressions: what it does by itself. */
async function start(
  world: PollingWorld,
  options: {
    pipelines?: string;
    planner?: Planner;
    adaptive?: boolean;
    startTicks?: typeof startTicks;
  } = {},
): Promise<{ scheduler: Scheduler; owed: number[] }> {
  const owed: number[] = [];
  const schedule = { inbox: never, pipelines: never, mergeRequests: never, repository: never, wiki: never };
  const ms = 30_000;
  const scheduler = createScheduler({
    ...world.dependencies,
    startTicks: options.startTicks ?? startTicks,
    planner: options.planner ?? createPlanner(world.dependencies),
    schedule: {
      ...schedule,
      ...(options.pipelines && { pipelines: options.pipelines }),
      adaptive: options.adaptive ?? false,
    },
    baseMs: { inbox: ms, pipelines: ms, mergeRequests: ms, repository: ms, wiki: ms },
    onOwed: () => owed.push(world.clock.now()),
  });
  await scheduler.start();
  onTestFinished(() => scheduler.stop());
  return { scheduler, owed };
}

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
  return start(world, { planner });
}

const realMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the scheduler", () => {
  it("plans, then polls what is due one after another", async () => {
    const world = await createPollingWorld();
    world.forge.projects.push(aProject({ connectionId: "forge", id: "8", path: "acme/web" }));
    await saveSubscription(world.opened.db, aSubscription({ projects: ["forge:acme/*"] }), 0);
    await start(world);
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
    const { owed } = await start(world);
    await world.clock.advance(100);
    // Once after planning, once after the poll.
    expect(owed).toHaveLength(2);
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
    await start(world, { pipelines: "* * * * * *" });
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
    let ended = false;
    world.forge.onPoll = async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      ended = true;
    };
    const { scheduler } = await start(world);
    await world.clock.settle();
    expect([world.forge.polls.length, ended]).toEqual([1, false]);
    await scheduler.stop();
    expect([ended, world.clock.sleepers()]).toEqual([true, 0]);
  });

  it("asks between the ticks only for sources where something runs", async () => {
    const world = await createPollingWorld();
    world.forge.projects.push(aProject({ connectionId: "forge", id: "8", path: "acme/web" }));
    await saveSubscription(world.opened.db, aSubscription({ projects: ["forge:acme/*"] }), 0);
    await createPlanner(world.dependencies).plan(new AbortController().signal);
    const { db } = world.opened;
    const later = world.clock.now() + minute;
    await updateSource(db, pipelinesId, { activity: "hot", dueAt: later });
    await updateSource(db, "forge/pipelines/8", { activity: "warm", dueAt: later });
    // A kind that has not ticked by its own expression rests, whatever runs.
    await start(world, { adaptive: true });
    await world.clock.advance(2 * minute);
    expect(world.forge.polls).toHaveLength(0);
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
    await start(world);
    await world.clock.settle();
    await syncSources(world.opened.db, "forge", [source("7")]);
    await world.clock.advance(5_000);
    expect(world.forge.polls.map((poll) => poll.source.projectId)).toEqual(["7"]);
  });

  it("plans anew soon after somebody beside it changed the subscriptions", async () => {
    const world = await createPollingWorld();
    world.forge.projects.push(aProject({ connectionId: "forge", id: "8", path: "acme/web" }));
    await start(world);
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
    await start(world, { planner });
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
    await start(world, { planner });
    await world.clock.advance(6 * minute);
    expect(plans).toBe(2);
  });

  it("plans a failing connection sooner than a well one", async () => {
    const world = await createPollingWorld();
    let plans = 0;
    const failure = { kind: "unreachable" as const, values: {}, message: "No answer." };
    const problem = { where: "forge", failure };
    const planner: Planner = { plan: async () => ((plans += 1) <= 2 ? [problem] : []) };
    await start(world, { planner });
    await world.clock.advance(11 * minute);
    expect(plans).toBe(3);
    await world.clock.advance(50 * minute);
    expect(plans).toBe(3);
  });

  it("stays calm when a poll fails", async () => {
    const world = await createPollingWorld();
    world.forge.answers.set(pipelinesId, [new Failure("unreachable", { message: "No answer." })]);
    await start(world);
    await world.clock.advance(100);
    expect(await world.state()).toMatchObject({ failures: 1, cursor: null });
  });
});

it("polls between the ticks what is hot and due, and nothing else", async () => {
  const world = await createPollingWorld();
  const { db } = world.opened;
  world.forge.projects.push(aProject({ connectionId: "forge", id: "8", path: "acme/web" }));
  await saveSubscription(db, aSubscription({ projects: ["forge:acme/*"] }), 0);
  const ids = [pipelinesId, "forge/pipelines/8"];
  await createPlanner(world.dependencies).plan(new AbortController().signal);
  let fire: (tick: Tick) => void = () => {};
  await start(world, {
    startTicks: ({ onTick }) => {
      fire = onTick;
      return Promise.resolve({ stop: () => Promise.resolve() });
    },
  });
  const tick = { kind: "pipelines" as const, spanMs: 1_000, nextMs: 15_000 };
  await world.clock.advance(minute);
  fire({ ...tick, quick: false });
  await world.clock.advance(2_000);
  for (const [index, id] of ids.entries())
    await updateSource(db, id, { activity: index === 0 ? "hot" : "warm", dueAt: 0 });
  const before = world.forge.polls.length;
  fire({ ...tick, quick: true });
  await world.clock.advance(2_000);
  expect(world.forge.polls.slice(before).map(({ source }) => source.projectId)).toEqual(["7"]);
});
