import { mentionGrammar } from "../../src/platforms/github/mention-grammar.js";
import { createComposer } from "../../src/delivery/composer.js";
import { createDeliveryWorker } from "../../src/delivery/worker.js";
import type { Destination } from "../../src/domain/destination.js";
import type { Facts, MergeRequestFacts, PipelineFacts } from "../../src/domain/facts/index.js";
import { parseFilter } from "../../src/domain/filter.js";
import { createTranslator } from "../../src/i18n/index.js";
import { silentLog } from "../../src/lib/log.js";
import { commitFacts } from "../../src/polling/commit-facts.js";
import type { RoutedSubscription } from "../../src/polling/route.js";
import {
  aProject,
  aSubscription,
  at,
  bobsAccount,
  mergeRequestFacts,
  pipelineFacts,
} from "../support/builders.js";
import { openDatabase } from "../../src/store/database.js";
import { createFakeChannel, type Shown } from "../support/fake-channel.js";
import { createFakeClock } from "../support/fake-clock.js";

/** A message as it stands in a chat now. */
export interface ChatMessage {
  id: string;
  text: string;
  buttons: string[];
}

export interface Figures {
  messages: number;
  sounds: number;
  uselessSounds: number;
  edits: number;
  /** Messages that are left of a card which stands further down. */
  stubs: number;
  /** How often the title that stands in the chat most often stands there. */
  mostTitles: number;
}

/** What one minute brings. `rings` names the chats that may make a sound because of it; `says` is what must stand in Bob's chat from then on. */
export interface Step {
  minute: number;
  what: string;
  facts: Facts[];
  rings?: ReadonlyArray<"bob" | "group">;
}

const bobsChat = "1";
const groupsChat = "-5";
const bobReads = { accounts: [{ connectionId: "github", personId: "2", login: "bob" }] };

/** Bob's private chat and the team's group, both with a rule for all of `acme/api`, and nothing that runs by itself. */
export async function createWorkingHour() {
  const { db, close } = await openDatabase(":memory:");
  const clock = createFakeClock();
  const channel = createFakeChannel();
  const project = aProject();
  let texts = 0;
  const worker = createDeliveryWorker({
    ...{ db, channel, clock, log: silentLog },
    composer: createComposer({
      ...{ db, clock, translate: createTranslator("en") },
      randomText: () => `nonce-${(texts += 1)}`,
      wordsOf: () => ({ mergeRequest: "PR", sigil: "#", pipeline: "run" }),
      readerOf: async ({ chat }) => (chat === bobsChat ? bobReads : { accounts: [] }),
    }),
  });
  const subscriptions = [listener(bobsChat, bobReads), listener(groupsChat, { accounts: [] })];
  const requests = new Map<number, MergeRequestFacts>();
  const useless: string[] = [];
  const heard: string[] = [];

  /** A pull request as the next poll brings it: what it was, and these changes. */
  const request = (number: number, changes: Partial<MergeRequestFacts>): MergeRequestFacts => {
    const before =
      requests.get(number) ?? mergeRequestFacts({ number, createdAt: now(), headSha: `${number}0a1b2c3` });
    const facts = {
      ...before,
      url: `https://github.com/acme/api/pull/${number}`,
      ...changes,
      updatedAt: now(),
      happenings: changes.happenings ?? [],
      newsSince: at(-1),
    };
    requests.set(number, facts);
    return facts;
  };
  const run = (id: number, changes: Partial<PipelineFacts>): PipelineFacts =>
    pipelineFacts({
      ...{ id: String(id), number: id, url: `https://github.com/acme/api/actions/runs/${id}` },
      ...{ createdAt: now(), startedAt: now(), finishedAt: now(), updatedAt: now(), newsSince: at(-1) },
      ...changes,
    });
  const now = () => new Date(clock.now()).toISOString();

  /** Moves on to the minute, polls what it brings, and delivers. */
  async function play(step: Omit<Step, "facts">, facts: () => Facts[]): Promise<void> {
    await clock.advance(Date.parse(at(step.minute)) - clock.now());
    const before = channel.shown.length;
    const { account, teams } = { account: bobsAccount, teams: [] };
    await commitFacts(db, {
      facts: facts().map((one) => ({ project, facts: one })),
      ...{ baseline: false, account, teams, mentionGrammar, subscriptions, now: clock.now() },
    });
    await worker.drain(new AbortController().signal);
    const rings = channel.shown.slice(before).filter(isSound);
    for (const { destination, text } of rings) {
      const who = destination.chat === bobsChat ? "bob" : "group";
      const line = `${step.minute} ${who}: ${step.what} → ${text.split("\n")[0]}`;
      if (step.rings?.includes(who) === true) heard.push(`${step.minute} ${who}`);
      else useless.push(line);
    }
  }

  /** What stands in a chat now, oldest first. */
  function chat(who: "bob" | "group"): ChatMessage[] {
    const id = who === "bob" ? bobsChat : groupsChat;
    const messages = new Map<string, ChatMessage>();
    for (const one of channel.shown.filter(({ destination }) => destination.chat === id)) {
      const buttons = one.notification.buttons.flat().map(({ label }) => label);
      if (one.what === "remove") messages.delete(one.messageId);
      else messages.set(one.messageId, { id: one.messageId, text: one.text, buttons });
    }
    return [...messages.values()];
  }

  function figures(who: "bob" | "group"): Figures {
    const id = who === "bob" ? bobsChat : groupsChat;
    const shown = channel.shown.filter(({ destination }) => destination.chat === id);
    const texts = chat(who).map(({ text }) => text);
    const titles = texts.flatMap((text) => /#\d+ · [^\n]*?(?= · |\n|$)/.exec(text)?.[0] ?? []);
    const counts = titles.map((title) => titles.filter((other) => other === title).length);
    return {
      messages: shown.filter(({ what }) => what === "send").length,
      sounds: shown.filter(isSound).length,
      uselessSounds: useless.filter((line) => line.includes(` ${who}: `)).length,
      edits: shown.filter(({ what }) => what === "edit").length,
      stubs: texts.filter((text) => text.includes("continued below")).length,
      mostTitles: Math.max(0, ...counts),
    };
  }

  return { db, close, clock, channel, play, request, run, now, chat, figures, useless, heard };
}

export type WorkingHour = Awaited<ReturnType<typeof createWorkingHour>>;

function isSound(shown: Shown): boolean {
  return shown.what === "send" && !shown.notification.silent;
}

function listener(chat: string, reader: RoutedSubscription["reader"]): RoutedSubscription {
  const parsed = parseFilter("");
  if (!parsed.ok) throw new Error("An empty filter can be read.");
  const destination: Destination = { channel: "telegram", chat };
  const subscription = aSubscription({ id: `s${chat}` });
  return { subscription, filter: parsed.filter, destination, reader, matchesProject: () => true };
}
