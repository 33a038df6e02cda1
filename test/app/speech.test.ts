import { expect, it } from "vitest";
import { createSpeech } from "../../src/app/speech.js";
import type { Telegram } from "../../src/app/telegram.js";
import { Failure } from "../../src/domain/failure.js";
import { chatWaitsUntil, waitWith } from "../../src/store/destinations.js";
import { testDatabase } from "../support/database.js";
import { createFakeClock } from "../support/fake-clock.js";

const destination = { channel: "telegram", chat: "-100", topic: "7" };
const notification = { text: [{ node: "text" as const, text: "Done." }], buttons: [], silent: false };

async function createVoice(failures: Failure[]) {
  const { db } = await testDatabase();
  const clock = createFakeClock();
  const sentAt: number[] = [];
  const send = async () => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    sentAt.push(clock.now());
    return { messageId: "1" };
  };
  const telegram = { api: {}, channel: { send, edit: send } } as unknown as Telegram;
  const speech = createSpeech({ telegram, db, clock }, new AbortController().signal);
  return { db, clock, sentAt, speech };
}

it("waits as long as the chat must wait, whoever was told so", async () => {
  const { db, clock, sentAt, speech } = await createVoice([]);
  await waitWith(db, "telegram:-100:", clock.now() + 20_000);
  await waitWith(db, "telegram:-1001:", clock.now() + 90_000);
  const begun = clock.now();
  const saying = speech.say(destination, notification, undefined);
  await clock.settle();
  expect(sentAt).toEqual([]);
  await clock.advance(20_000);
  await saying;
  expect(sentAt).toEqual([begun + 20_000]);
});

it("tells the outbox of a wait that it was given, and speaks after that", async () => {
  const failures: Failure[] = [];
  const { db, clock, sentAt, speech } = await createVoice(failures);
  const until = clock.now() + 30_000;
  failures.push(
    new Failure("throttled", { message: "Too many requests.", retryAt: new Date(until).toISOString() }),
  );
  const saying = speech.rewrite({ destination, messageId: "5" }, notification);
  await clock.settle();
  expect(await chatWaitsUntil(db, destination)).toBe(until);
  await clock.advance(30_000);
  await saying;
  expect(sentAt).toEqual([until]);
});

it("says once what may have arrived, and again only what has not", async () => {
  const failures = [new Failure("unreachable", { message: "No route." })];
  const { clock, sentAt, speech } = await createVoice(failures);
  const saying = speech.say(destination, notification, undefined);
  await clock.settle();
  await clock.advance(2_000);
  await saying;
  expect(sentAt).toHaveLength(1);
  failures.push(new Failure("ambiguous", { message: "No answer." }));
  await expect(speech.say(destination, notification, undefined)).rejects.toThrow("No answer.");
});
