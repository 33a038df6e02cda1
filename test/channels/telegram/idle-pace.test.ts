import { expect, it } from "vitest";
import { createIdlePace } from "../../../src/channels/telegram/idle-pace.js";
import { createWeather } from "../../../src/channels/telegram/weather.js";
import { Failure } from "../../../src/domain/failure.js";
import { createListLog, createQuickClock } from "./telegram-world.js";

it("does not rest after a poll that waited for its answer", async () => {
  const clock = createQuickClock();
  const askedAt = clock.now() - 1_000;
  await createIdlePace(clock).rest({ askedAt, news: false }, new AbortController().signal);
  expect(clock.slept).toEqual([]);
});

it("tells of no outage before the third failure in a row", () => {
  const told: unknown[] = [];
  const weather = createWeather({
    clock: createQuickClock(),
    log: createListLog(),
    onTrouble: (trouble) => told.push(trouble?.what),
  });
  const failure = new Failure("unreachable", { message: "cut" });
  for (const expected of [0, 0, 1]) {
    weather.worsen(failure);
    expect(told).toHaveLength(expected);
  }
});
