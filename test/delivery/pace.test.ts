import { expect, it } from "vitest";
import { createPace } from "../../src/delivery/pace.js";

const chat = { channel: "telegram", chat: "-100" };
const pace = () =>
  createPace({
    textLength: 1,
    gapMs: (destination) => (destination.chat === "-100" ? 1_000 : 0),
    perMinute: () => 3,
  });

it("lets the first message go at once and the next after the gap", () => {
  const paced = pace();
  expect(paced.readyAt(chat, 60_000)).toBe(0);
  paced.sent(chat, 5_000);
  expect(paced.readyAt(chat, 60_000)).toBe(6_000);
  expect(paced.readyAt({ ...chat, chat: "-200" }, 60_000)).toBe(0);
});

it("keeps within the messages of a minute, whenever they went", () => {
  const paced = pace();
  for (const time of [0, 10_000, 20_000]) paced.sent(chat, time);
  expect(paced.readyAt(chat, 60_000)).toBe(60_000);
  paced.sent(chat, 60_000);
  expect(paced.readyAt(chat, 60_000)).toBe(70_000);
});

it("counts the topics of a chat together, as the channel does", () => {
  const paced = pace();
  paced.sent({ ...chat, topic: "7" }, 5_000);
  expect(paced.readyAt({ ...chat, topic: "8" }, 60_000)).toBe(6_000);
});

it("forgets what a clock wrote that was ahead, so that nobody waits for that time to come", () => {
  const paced = pace();
  for (const time of [900_000, 900_001, 900_002]) paced.sent(chat, time);
  expect(paced.readyAt(chat, 5_000)).toBe(0);
});
