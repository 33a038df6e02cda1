import type { ButtonPress, IncomingMessage } from "../../src/channels/telegram/message.js";
import { type Bot, createBot } from "../../src/bot/bot.js";
import type { Destination } from "../../src/domain/destination.js";
import type { Notification } from "../../src/domain/notification.js";
import { createTranslator, type Language } from "../../src/i18n/index.js";
import { silentLog } from "../../src/lib/log.js";
import type { OperationContext } from "../../src/operations/context.js";
import { createPlanner } from "../../src/polling/planner.js";
import { saveMember } from "../../src/store/members.js";
import { plain } from "../support/fake-channel.js";
import { createPollingWorld, ownersId, type PollingWorld } from "../polling/polling-world.js";

export interface BotWorld extends PollingWorld {
  bot: Bot;
  operations: OperationContext;
  /** What the bot said, rewrote or answered a press with, as text. */
  said: string[];
  /** The last message or rewriting. */
  last: () => Notification;
  refreshed: string[];
  wakes: () => number;
  /** Rejected with by the next word of the bot, once. */
  mute: { say?: Error; rewrite?: Error; answer?: Error };
  /** Which messages those that it sent answer. */
  replies: Array<string | undefined>;
  /** Where it sent them. */
  addresses: Destination[];
  write(text: string, changes?: Partial<IncomingMessage>): Promise<void>;
  press(nonce: string | undefined, changes?: Partial<ButtonPress>): Promise<void>;
  /** The nonce of the button with this label, in the last message. */
  button(label: string): string;
}

export const memberId = "600";
export const strangerId = "700";

const chat = { id: ownersId, kind: "private" as const, isForum: false };
const signal = new AbortController().signal;

export async function createBotWorld(language: Language = "en"): Promise<BotWorld> {
  const world = await createPollingWorld();
  const { db } = world.opened;
  await saveMember(db, { id: memberId, role: "member", name: "Bob" }, 0);
  const said: string[] = [];
  const notifications: Notification[] = [];
  const refreshed: string[] = [];
  const mute: BotWorld["mute"] = {};
  let wakes = 0;
  let texts = 0;
  let updates = 0;
  const planner = createPlanner(world.dependencies);
  const operations: OperationContext = {
    ...{ db, clock: world.clock, log: silentLog, declared: [], connections: world.dependencies.connections },
    randomText: (bytes) => `${"r".repeat(bytes)}${(texts += 1)}`,
    clientFor: async (id, connectionId) =>
      id === ownersId ? (world.dependencies.connections.get(connectionId)?.client ?? null) : null,
    refresh: async (subject) => void refreshed.push(subject.id),
    replan: () => planner.plan(signal),
    wake: () => (wakes += 1),
  };
  const replies: BotWorld["replies"] = [];
  const addresses: BotWorld["addresses"] = [];
  const fail = (name: keyof BotWorld["mute"]) => {
    const error = mute[name];
    delete mute[name];
    if (error !== undefined) throw error;
  };
  const speak =
    (name: "say" | "rewrite") => async (to: unknown, notification: Notification, replyTo?: string) => {
      fail(name);
      if (name === "say") {
        replies.push(replyTo);
        addresses.push(to as Destination);
      }
      notifications.push(notification);
      said.push(plain(notification));
    };
  const bot = createBot({
    ...{ operations, translate: createTranslator(language), username: "gitnotify_bot", log: silentLog },
    status: () => Promise.reject(new Error("not asked for here")),
    speech: {
      say: speak("say"),
      rewrite: speak("rewrite"),
      answer: async (_query, { text, box }) => {
        fail("answer");
        said.push(`${box ? "box" : "toast"}: ${text}`);
      },
    },
  });
  const last = () => {
    const found = notifications.at(-1);
    if (found === undefined) throw new Error("The bot said nothing.");
    return found;
  };
  return {
    ...world,
    ...{ bot, operations, said, last, refreshed, mute, replies, addresses },
    wakes: () => wakes,
    write: (text, changes = {}) =>
      bot.handle(
        {
          ...{
            type: "message",
            updateId: (updates += 1),
            chat,
            messageId: "50",
            text,
            isMedia: false,
            replyToBot: false,
          },
          ...{ from: { id: ownersId, name: "Ann" }, forwarded: false, anonymous: false },
          sentAt: world.clock.now(),
          ...changes,
        },
        signal,
      ),
    press: (nonce, changes = {}) =>
      bot.handle(
        {
          ...{ type: "press", updateId: (updates += 1), queryId: "q", from: { id: ownersId, name: "Ann" } },
          ...{ anonymous: false, chat, messageId: "60", data: nonce ?? "" },
          ...changes,
        },
        signal,
      ),
    button: (label) => {
      const found = last()
        .buttons.flat()
        .find((button) => button.label === label);
      if (found?.nonce === undefined) throw new Error(`There is no button “${label}”.`);
      return found.nonce;
    },
  };
}

export const group = { id: "-100", kind: "group" as const, isForum: false };
export { ownersId };
