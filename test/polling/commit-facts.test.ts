import { describe, expect, it } from "vitest";
import { saveCard } from "../../src/store/cards.js";
import { listEvents } from "../../src/store/events.js";
import { listDeliveries } from "../../src/store/outbox.js";
import { findSnapshot, saveLine } from "../../src/store/subjects.js";
import type { PipelineLine, PipelineSnapshot } from "../../src/domain/snapshot.js";
import { ann, at, bob, mergeRequestFacts, pipelineFacts } from "../support/builders.js";
import { withProject } from "../support/fake-platform.js";
import { createPollingWorld, ownersId, type PollingWorld } from "./polling-world.js";

const run = (id: string, status: "failed" | "success", minutes: number) =>
  pipelineFacts({
    id,
    number: Number(id),
    status,
    createdAt: at(minutes),
    updatedAt: at(minutes + 1),
    finishedAt: at(minutes + 1),
  });

async function begun(): Promise<PollingWorld> {
  const world = await createPollingWorld();
  await world.poll();
  return world;
}

const commit = (world: PollingWorld, ...facts: Parameters<typeof withProject>[1][]) =>
  world.poll({ facts: withProject(world.project, ...facts) });

describe("the line of a pipeline", () => {
  it("is broken by failures and fixed by the next success, which edits the cards of the failures", async () => {
    const world = await begun();
    const { db } = world.opened;
    await commit(world, run("901", "failed", 1), run("902", "failed", 3));
    for (const id of ["901", "902"]) {
      const address = { destination: `telegram:${ownersId}:`, subject: `forge/7/pipeline/${id}` };
      await saveCard(db, address, { messageId: id, fingerprint: "f", chat: ownersId, now: 0 });
    }
    await commit(world, run("903", "success", 5));
    const [newest] = await listEvents(db, { limit: 1 });
    expect([newest?.event.kind, newest?.event.detail.fixed?.runs]).toEqual(["pipeline.fixed", 2]);
    const owed = (await listDeliveries(db, { limit: 20 })).map(({ mode, subject }) => [mode, subject]);
    expect(owed.reverse()).toEqual([
      ["ping", "forge/7/pipeline/901"],
      ["ping", "forge/7/pipeline/902"],
      ["card", "forge/7/pipeline/903"],
      ["update", "forge/7/pipeline/901"],
      ["update", "forge/7/pipeline/902"],
    ]);
    const subject = { connectionId: "forge", projectId: "7", type: "pipeline" as const, id: "901" };
    expect((await findSnapshot<PipelineSnapshot>(db, subject))?.fixedBy?.number).toBe(903);
  });

  it("stays broken since then when an earlier version of gitnotify knew it by a name", async () => {
    const world = await begun();
    const { db } = world.opened;
    const line: PipelineLine = {
      lastFinal: "failed",
      last: { id: "900", attempt: 1, number: 900, createdAt: at(0) },
      brokenSince: at(0),
      failures: 4,
      failedPipelines: [],
    };
    const subject = { connectionId: "forge", projectId: "7", type: "pipeline" as const, id: "900" };
    await saveLine(db, { ...subject, line: "CI\nmain\n" }, line);
    await commit(world, { ...run("901", "failed", 1), workflowId: "55" });
    await commit(world, { ...run("902", "success", 3), workflowId: "55" });
    const [newest] = await listEvents(db, { limit: 1 });
    expect(newest?.event.detail.fixed).toMatchObject({ runs: 5, brokenSince: at(0) });
  });

  it("of a fork's main neither breaks main nor is mended by it", async () => {
    const world = await begun();
    await commit(world, { ...run("901", "failed", 1), fork: "eve/api" }, run("902", "success", 3));
    const events = await listEvents(world.opened.db, { limit: 9 });
    expect(events.map(({ event }) => [event.kind, event.attributes.branch])).toEqual([
      ["pipeline.succeeded", ["main"]],
      ["pipeline.failed", ["eve:main"]],
    ]);
  });

  it("makes no card where a chat has none to follow", async () => {
    const world = await begun();
    await commit(world, run("901", "success", 1));
    expect(await listEvents(world.opened.db, { limit: 9 })).toHaveLength(1);
    expect(await world.owed()).toEqual([]);
  });

  it("lets a card that is on its way follow at once", async () => {
    const world = await begun();
    await commit(world, run("901", "failed", 1));
    await commit(
      world,
      pipelineFacts({ id: "901", number: 901, attempt: 2, createdAt: at(1), updatedAt: at(4) }),
    );
    expect(await world.owed()).toEqual(["ping", "update"]);
  });
});

describe("what changes without an event", () => {
  const address = { destination: `telegram:${ownersId}:`, subject: "forge/7/merge_request/12" };

  async function withCard(changes: Parameters<typeof mergeRequestFacts>[0] = {}): Promise<PollingWorld> {
    const world = await begun();
    await commit(world, mergeRequestFacts(changes));
    await saveCard(world.opened.db, address, { messageId: "1", fingerprint: "f", chat: ownersId, now: 0 });
    await world.opened.db.updateTable("deliveries").set({ state: "delivered" }).execute();
    return world;
  }
  const edits = async (world: PollingWorld) =>
    (await listDeliveries(world.opened.db, { states: ["pending"], limit: 9 })).map(({ mode }) => mode);

  it("is edited into the card, once for all that waits", async () => {
    const world = await withCard({ conflict: true });
    await commit(world, mergeRequestFacts({ conflict: false }));
    expect(await edits(world)).toEqual(["update"]);
    await world.clock.advance(1_000);
    await commit(world, mergeRequestFacts({ labels: ["bug"], openThreads: 2 }));
    expect(await edits(world)).toEqual(["update"]);
  });

  it("makes no edit while checks move on, until one fails or all have passed", async () => {
    const world = await withCard({ checks: { state: "running", passed: 0, failed: 0, running: 9 } });
    await commit(
      world,
      mergeRequestFacts({ checks: { state: "running", passed: 5, failed: 0, running: 4 } }),
    );
    expect(await edits(world)).toEqual([]);
    await commit(
      world,
      mergeRequestFacts({ checks: { state: "running", passed: 5, failed: 1, running: 3 } }),
    );
    expect(await edits(world)).toEqual(["update"]);
  });

  it("makes no card", async () => {
    const world = await begun();
    await commit(world, mergeRequestFacts({ draft: true }));
    const owed = (await world.owed()).length;
    await commit(world, mergeRequestFacts({ draft: true, labels: ["bug"] }));
    expect(await world.owed()).toHaveLength(owed);
  });
});

it("remembers when what it owes happened, so that what comes late is known for late", async () => {
  const world = await begun();
  await commit(world, run("901", "failed", 1));
  const [owed] = await listDeliveries(world.opened.db, { limit: 1 });
  expect(owed?.happenedAt).toBe(Date.parse(at(2)));
});

it("tells the author of a merge request of its pipeline, though somebody else started it", async () => {
  const world = await begun();
  await commit(world, mergeRequestFacts({ author: ann }));
  const mergeRequest = { number: 12, url: "https://forge.example/acme/api#12" };
  await commit(world, { ...run("901", "failed", 1), actor: bob, mergeRequest });
  const [newest] = await listEvents(world.opened.db, { limit: 1 });
  expect(newest?.event.concerns).toEqual([
    { personId: bob.id, as: "starter" },
    { personId: ann.id, as: "author" },
  ]);
});

it("lets other work have its turn while it commits very much", async () => {
  const world = await begun();
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  const many = Array.from({ length: 600 }, (_, n) => run(String(1_000 + n), "success", n));
  expect(await commit(world, ...many)).toMatchObject({ result: "polled", events: 600 });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});
