import { expect, it } from "vitest";
import { silentLog } from "../../src/lib/log.js";
import { startTicks, type Tick } from "../../src/polling/ticks.js";

const never = "0 0 29 2 *";

it("ticks for each kind by its own expression, and no more once stopped", async () => {
  const heard: Tick[] = [];
  const ticks = await startTicks({
    schedule: {
      ...{ inbox: "* * * * * *", pipelines: never, mergeRequests: never, repository: never, wiki: never },
      adaptive: false,
    },
    onTick: (tick) => heard.push(tick),
    now: () => 0,
    log: silentLog,
  });
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  await ticks.stop();
  const before = heard.length;
  expect(heard[0]).toMatchObject({ kind: "inbox", quick: false, spanMs: 1_000 });
  expect(new Set(heard.map(({ kind }) => kind))).toEqual(new Set(["inbox"]));
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(heard.length).toBe(before);
});
