import { afterEach, beforeEach, expect, it } from "vitest";
import { inspect, ownerChat, pollRound, startSurroundings, type Surroundings } from "./harness.js";

let world: Surroundings;
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(() => world.close());

const news = () => ownerChat(world).filter(({ text }) => !text.includes("Now watching"));

it("tells of 40 subjects in one message, and of the next one by itself", async () => {
  await pollRound(world);
  for (let index = 0; index < 40; index += 1) {
    const title = `Work ${index} <&> ${"long ".repeat(40)}`;
    world.gitlab.openMergeRequest("platform/core", { author: "bob", title, source: `b${index}` });
  }
  await pollRound(world);
  expect(news()).toHaveLength(1);
  expect(news()[0]?.text).toContain("40 updates came in");
  expect(news()[0]?.text).toContain("Work 39 <&>");
  expect(news()[0]?.text).toContain("and 20 more");
  const states = await inspect(world, (db) =>
    db.selectFrom("deliveries").select("state").distinct().execute(),
  );
  expect(states).toEqual([{ state: "delivered" }]);
  world.gitlab.openMergeRequest("platform/core", { author: "bob", title: "One more", source: "one" });
  await pollRound(world);
  expect(news()).toHaveLength(2);
});

it("sums up four subjects that waited through an outage of Telegram, and sends three as they are", async () => {
  await pollRound(world);
  for (const [many, messages] of [
    [3, 3],
    [4, 1],
  ] as const) {
    const before = news().length;
    const stop = world.telegram.faults.add(/./, { kind: "status", status: 502, body: "" }, Infinity);
    for (let index = 0; index < many; index += 1) {
      const title = `Work ${many}.${index}`;
      world.gitlab.openMergeRequest("platform/core", { author: "bob", title, source: `b${many}-${index}` });
    }
    await pollRound(world);
    world.clock.skip(45 * 60_000);
    stop();
    await pollRound(world);
    world.clock.skip(10 * 60_000);
    await pollRound(world);
    expect(news().length - before).toBe(messages);
  }
});
