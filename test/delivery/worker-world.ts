import { mentionGrammar } from "../../src/platforms/github/mention-grammar.js";
import { createDeliveryWorker, type DeliveryWorker } from "../../src/delivery/worker.js";
import { createComposer } from "../../src/delivery/composer.js";
import type { Destination } from "../../src/domain/destination.js";
import { Failure, type FailureDetails, type FailureKind } from "../../src/domain/failure.js";
import type { Event } from "../../src/domain/event.js";
import { createTranslator } from "../../src/i18n/index.js";
import { silentLog } from "../../src/lib/log.js";
import { compare } from "../../src/polling/compare/index.js";
import { insertEvent } from "../../src/store/events.js";
import { oweEvent, oweNotice } from "../../src/store/outbox.js";
import { saveProject } from "../../src/store/projects.js";
import { saveSnapshot } from "../../src/store/subjects.js";
import type { DeliveryMode } from "../../src/domain/delivery.js";
import { toSubjectKey } from "../../src/domain/subject.js";
import { anEvent, aProject, bobsAccount, mergeRequestFacts } from "../support/builders.js";
import { testDatabase } from "../support/database.js";
import { createFakeChannel } from "../support/fake-channel.js";
import { createFakeClock } from "../support/fake-clock.js";

export const signal = new AbortController().signal;
export const to = (chat: string, topic?: string): Destination =>
  topic === undefined ? { channel: "telegram", chat } : { channel: "telegram", chat, topic };
export const failure = (kind: FailureKind, details: Partial<FailureDetails> = {}) =>
  new Failure(kind, { message: `It is ${kind}.`, ...details });

export async function createWorld(limits: { gapMs?: number; perMinute?: number } = {}) {
  const { db, raw } = await testDatabase();
  const clock = createFakeClock();
  const channel = createFakeChannel(limits);
  let texts = 0;
  const composer = createComposer({
    ...{ db, clock, translate: createTranslator("en") },
    randomText: () => `nonce-${(texts += 1)}`,
    wordsOf: () => ({ mergeRequest: "PR", sigil: "#", pipeline: "run" }),
    readerOf: async () => ({ accounts: [] }),
  });
  const parked: string[] = [];
  let announced = 0;
  const worker: DeliveryWorker = createDeliveryWorker({
    ...{ db, channel, composer, clock, log: silentLog },
    onParked: async ({ chat }) => void parked.push(chat),
    announceDead: async () => {
      announced += 1;
      return false;
    },
  });
  const say = (destination: Destination, name: string) =>
    oweNotice(
      db,
      { destination, notice: { name: "renamed", values: { before: name, project: "x" } }, once: name },
      clock.now(),
    );
  /** Owes an event of a pull request; `title` is what the card shows. */
  const happen = async (options: {
    key: string;
    mode: DeliveryMode;
    title?: string;
    number?: number;
    destination?: Destination;
    event?: Partial<Event>;
  }) => {
    const number = options.number ?? 12;
    const project = aProject();
    await saveProject(db, project);
    const facts = mergeRequestFacts({ number, title: options.title ?? "Fix login" });
    const { snapshot } = compare(null, facts, {
      project,
      baseline: true,
      account: bobsAccount,
      mentionGrammar,
    });
    const subject = {
      connectionId: "github",
      projectId: "7",
      type: "merge_request" as const,
      id: String(number),
    };
    await saveSnapshot(db, { subject, revision: "1", snapshot, open: false, now: 0 });
    const eventId =
      (await insertEvent(db, anEvent({ key: options.key, subject, ...options.event }), clock.now())) ?? 0;
    const owed = {
      destination: options.destination ?? to("1"),
      mode: options.mode,
      subject: toSubjectKey(subject),
      eventId,
      eventKey: options.key,
    };
    await oweEvent(db, owed, clock.now());
  };
  /** What was sent or edited, as `chat text`; of a card only its first line. */
  const shown = () =>
    channel.shown.map(
      (one) => `${one.what} ${one.destination.chat} ${one.text.split(" is now")[0]?.split("\n")[0]}`,
    );
  return {
    db,
    raw,
    clock,
    channel,
    worker,
    parked,
    announced: () => announced,
    say,
    happen,
    shown,
    drain: () => worker.drain(signal),
  };
}

/** Fails the first so many requests like this. */
export function failing(times: number, error: Error, where: (chat: string) => boolean = () => true) {
  let left = times;
  return async ({ destination }: { destination: Destination }) => {
    if (!where(destination.chat) || left <= 0) return;
    left -= 1;
    throw error;
  };
}
