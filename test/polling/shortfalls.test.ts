import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toStatusReport, stopped } from "../../src/operations/status-report.js";
import type { Shortfall } from "../../src/domain/shortfall.js";
import type { PollOutcome } from "../../src/platforms/platform.js";
import { tellShortfalls } from "../../src/polling/tell-shortfalls.js";
import { toAsk } from "../../src/store/ask.js";
import { newestVersion } from "../../src/store/migrations/newest.js";
import { listShortfalls } from "../../src/store/shortfalls.js";
import { listDeliveries } from "../../src/store/outbox.js";
import { saveProject } from "../../src/store/projects.js";
import { syncSources } from "../../src/store/sources.js";
import { readStatusRows } from "../../src/store/status-rows.js";
import { aProject } from "../support/builders.js";
import { pipelinesId, source } from "../support/fake-platform.js";
import { createPollingWorld, type PollingWorld, toSourceId } from "./polling-world.js";

const minute = 60_000;
const denied: Shortfall = { code: "denied", key: "wiki", values: { what: "wiki", scope: "api" } };

const tell = (world: PollingWorld) => tellShortfalls(world.opened.db, { now: world.clock.now() });

async function wait(world: PollingWorld, minutes: number): Promise<void> {
  await world.clock.advance(minutes * minute);
  await tell(world);
}

async function withThirtySources(): Promise<{ world: PollingWorld; ids: string[] }> {
  const world = await createPollingWorld();
  const { db } = world.opened;
  const sources = Array.from({ length: 30 }, (_, index) => source(String(100 + index)));
  for (const { projectId } of sources)
    await saveProject(
      db,
      aProject({ connectionId: "forge", id: projectId ?? "", path: `acme/p${projectId}` }),
    );
  await syncSources(db, "forge", sources);
  return { world, ids: sources.map(toSourceId) };
}

async function notices(world: PollingWorld) {
  const deliveries = await listDeliveries(world.opened.db, { limit: 100 });
  return deliveries.flatMap(({ notice }) => (notice === null ? [] : [notice])).reverse();
}

async function report(world: PollingWorld) {
  const rows = await readStatusRows(toAsk(world.opened.db), newestVersion);
  return toStatusReport(rows, {
    ...{ connectionIds: ["forge"], declared: 0, now: world.clock.now(), daemon: stopped },
  });
}

describe("what a source cannot deliver", () => {
  it("is told once when it begins and once when it is over, and listed meanwhile", async () => {
    const world = await createPollingWorld();
    for (let minutes = 0; minutes < 10; minutes += 1) {
      await world.poll({ shortfalls: [denied] });
      await wait(world, 1);
    }
    expect((await notices(world)).map(({ name }) => name)).toEqual(["shortfall"]);
    expect((await report(world)).shortfalls).toMatchObject([
      {
        connection: "forge",
        code: "denied",
        values: { what: "wiki" },
        sources: ["forge:acme/api pipelines"],
      },
    ]);
    await world.poll();
    expect((await report(world)).shortfalls).toEqual([]);
    await wait(world, 30);
    await wait(world, 30);
    expect((await notices(world)).map(({ name }) => name)).toEqual(["shortfall", "shortfall-over"]);
  });

  it("of thirty sources is one message, and their end another", async () => {
    const { world, ids } = await withThirtySources();
    for (const id of ids) {
      await world.poll({ shortfalls: [denied] }, id);
      await wait(world, 0.1);
    }
    await wait(world, 5);
    for (const id of ids) await world.poll({}, id);
    await wait(world, 20);
    const told = (await notices(world)).filter(({ name }) => name.startsWith("shortfall"));
    expect(told.map(({ name }) => name)).toEqual(["shortfall", "shortfall-over"]);
    expect(told[0]).toMatchObject({ values: { others: 25 }, parts: [{ key: "shortfall.denied" }] });
  });

  it("that comes and goes is told once, and one that was over before it was told never", async () => {
    const world = await createPollingWorld();
    await world.poll({ shortfalls: [denied] });
    await world.poll();
    await wait(world, 60);
    for (let round = 0; round < 6; round += 1) {
      await world.poll({ shortfalls: [denied] });
      await wait(world, 4);
      await world.poll();
      await wait(world, 4);
    }
    expect((await notices(world)).filter(({ name }) => name.startsWith("shortfall"))).toHaveLength(1);
  });

  it.each<Shortfall>([
    { code: "cut", key: "a1b2", values: { what: "files", limit: 300 } },
    { code: "refused_row", key: "9", values: { what: "a pipeline", where: "https://x.test" } },
  ])("and was left out of one answer alone is told once, and never called resolved: $code", async (left) => {
    const world = await createPollingWorld();
    await world.poll({ shortfalls: [left] });
    await world.poll();
    await wait(world, 4);
    for (let round = 0; round < 20; round += 1) {
      await world.poll();
      await wait(world, 10);
    }
    const told = (await notices(world)).filter(({ name }) => name.startsWith("shortfall"));
    expect(told).toMatchObject([{ name: "shortfall", parts: [{ key: `shortfall.${left.code}` }] }]);
    expect(await listShortfalls(world.opened.db)).toEqual([]);
  });

  it("waits for an owner", async () => {
    const world = await createPollingWorld();
    world.opened.raw.exec("delete from members");
    await world.poll({ shortfalls: [denied] });
    await wait(world, 5);
    world.opened.raw.exec("insert into members values ('500', 'owner', 'Ann', 0)");
    await wait(world, 5);
    expect((await notices(world)).map(({ name }) => name)).toEqual(["shortfall"]);
  });

  it.each<{ of: string; lost: Shortfall; said: Record<string, string> }>([
    {
      of: "because a position was lost says since when",
      lost: { code: "reread", key: "cursor", values: { what: "pipelines" } },
      said: { what: "pipelines", since: "2026-11-02 09:00 UTC" },
    },
    {
      of: "of a push that cannot be told says where to look",
      lost: { code: "missed", key: "a1", values: { what: "main", url: "https://x.test" } },
      said: { what: "main", url: "https://x.test" },
    },
  ])("$of, and is listed though the next poll goes well", async ({ lost, said }) => {
    const world = await createPollingWorld();
    await world.poll();
    await world.clock.advance(10 * minute);
    await world.poll({ shortfalls: [lost] });
    await world.poll();
    await wait(world, 4);
    const [told] = (await notices(world)).filter(({ name }) => name === "shortfall");
    expect(told?.parts).toEqual([{ key: `shortfall.${lost.code}`, values: said }]);
    expect((await report(world)).shortfalls).toHaveLength(1);
    await world.clock.advance(8 * 24 * 60 * minute);
    await world.poll();
    expect((await report(world)).shortfalls).toEqual([]);
    await wait(world, 30);
    expect((await notices(world)).filter(({ name }) => name === "shortfall-over")).toEqual([]);
  });
});

it("reads every field of what a poll brings", async () => {
  const text = readFileSync(new URL("../../src/platforms/platform.ts", import.meta.url), "utf8");
  const body = /export interface PollOutcome \{([\s\S]*?)\n\}/.exec(text)?.[1] ?? "";
  const fields = [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name ?? "");
  expect(fields).toContain("shortfalls");
  const world = await createPollingWorld();
  const read = new Set<string>();
  const outcome: PollOutcome = { facts: [], cursor: "c", activity: "warm" };
  const watched = new Proxy(outcome, {
    get: (target, name) => {
      read.add(String(name));
      return Reflect.get(target, name) as unknown;
    },
  });
  const live = world.dependencies.connections.get("forge")!;
  live.client.poll = () => Promise.resolve(watched);
  await world.poll(undefined, pipelinesId);
  expect(fields.filter((name) => !read.has(name))).toEqual([]);
});
