import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toIncoming, type Incoming } from "../../../src/channels/telegram/message.js";
import { startTelegramSandbox, type TelegramSandbox } from "../../../src/sandbox/telegram/index.js";
import { ask } from "../../sandbox/telegram/ask.js";

const ann = 11;

describe("toIncoming", () => {
  let sandbox: TelegramSandbox;
  beforeEach(async () => {
    sandbox = await startTelegramSandbox({ privacy: false });
    sandbox.addUser({ id: ann, firstName: "Ann", username: "ann_a", language: "ru" });
  });
  afterEach(() => sandbox.close());

  /** The last update as the daemon sees it. */
  const last = (): Incoming | null => toIncoming(sandbox.queue.waiting().at(-1));
  const forum = () => sandbox.addGroup({ id: -1001, title: "Team", members: [ann], forum: true });
  async function send(chat: number, more: object = {}): Promise<number> {
    const told = await ask(sandbox, "sendMessage", {
      chat_id: chat, text: "x", reply_markup: { inline_keyboard: [[{ text: "Retry", callback_data: "n-1" }]] }, ...more,
    }); // prettier-ignore
    return (told.result as { message_id: number }).message_id;
  }

  it("reads a private message", () => {
    const id = sandbox.say({ userId: ann, chatId: ann, text: "/start abc" });
    expect(last()).toEqual({
      type: "message",
      updateId: expect.any(Number) as number,
      chat: { id: "11", kind: "private", isForum: false },
      messageId: String(id),
      from: { id: "11", name: "Ann", username: "ann_a", language: "ru" },
      sentAt: expect.any(Number) as number,
      text: "/start abc",
      isMedia: false,
      replyToBot: false,
      forwarded: false,
      anonymous: false,
    });
  });

  it.each([
    [
      "a photo with a caption",
      { photo: [{ file_id: "a" }], caption: "/merge acme/api#12" },
      "/merge acme/api#12",
    ],
    ["a voice message", { voice: { file_id: "a" } }, ""],
    ["a sticker", { sticker: { file_id: "a" } }, ""],
  ])("reads %s as something that is no text", (_, content, text) => {
    const from = { id: ann, is_bot: false, first_name: "A" };
    const place = { message_id: 9, date: 1, chat: { id: ann, type: "private" }, from };
    const read = (more: object) => toIncoming({ update_id: 1, message: { ...place, ...more } });
    expect(read(content)).toMatchObject({ type: "message", text, isMedia: true, sentAt: 1_000 });
    expect(read({ pinned_message: {} })).toBeNull();
  });

  it("reads an answer in a topic, and takes the topic's own first message for no answer", async () => {
    const chat = forum();
    const topic = sandbox.addTopic(chat, "CI");
    const message = await send(chat, { message_thread_id: topic });
    sandbox.say({ userId: ann, chatId: chat, text: "yes", replyTo: message, threadId: topic });
    expect(last()).toMatchObject({
      chat: { id: "-1001", kind: "group", title: "Team", isForum: true },
      topic: String(topic),
      replyTo: String(message),
      replyToBot: true,
    });
    const bare = {
      message_id: 9,
      date: 1,
      chat: { id: -1001, type: "supergroup" },
      from: { id: ann, is_bot: false, first_name: "A" },
    };
    const inTopic = {
      ...bare,
      text: "x",
      message_thread_id: topic,
      is_topic_message: true,
      reply_to_message: { message_id: topic },
    };
    expect(toIncoming({ update_id: 1, message: inTopic })).not.toHaveProperty("replyTo");
    const inThread = { ...bare, text: "x", message_thread_id: 5 };
    expect(toIncoming({ update_id: 1, message: inThread })).not.toHaveProperty("topic");
  });

  it.each(["anonymous_admin", "channel"] as const)("marks a %s as nobody", (as) => {
    sandbox.say({ userId: ann, chatId: forum(), text: "/merge", as });
    expect(last()).toMatchObject({ type: "message", anonymous: true });
  });

  it("marks other bots and posts of a channel as nobody, and forwarded words as forwarded", () => {
    const message = (more: object) =>
      toIncoming({
        update_id: 1,
        message: {
          message_id: 1, date: 1, text: "/merge", chat: { id: -1, type: "group" },
          from: { id: 5, is_bot: false, first_name: "B" }, ...more,
        },
      }); // prettier-ignore
    expect(message({})).toMatchObject({ anonymous: false, forwarded: false });
    expect(message({ from: { id: 5, is_bot: true, first_name: "B" } })).toMatchObject({ anonymous: true });
    expect(message({ from: { id: 1_087_968_824, is_bot: false, first_name: "B" } })).toMatchObject({
      anonymous: true,
    });
    expect(message({ sender_chat: { id: -9 } })).toMatchObject({ anonymous: true });
    expect(message({ is_automatic_forward: true })).toMatchObject({ forwarded: true });
    const marks = [
      { via_bot: { id: 9, is_bot: true, first_name: "Gif" } },
      { forward_from: { id: 9, is_bot: false, first_name: "Bob" } },
      { forward_from_chat: { id: -9, type: "channel" } },
      { forward_sender_name: "Bob" },
      { forward_date: 1_790_000_000 },
    ];
    for (const mark of marks) expect(message(mark)).toMatchObject({ forwarded: true });
    expect(message({ from: undefined })).toBeNull();
    expect(
      toIncoming({
        update_id: 1,
        channel_post: { message_id: 1, date: 1, chat: { id: -1, type: "channel" } },
      }),
    ).toBeNull();
    sandbox.say({ userId: ann, chatId: ann, text: "/merge", forwarded: true });
    expect(last()).toMatchObject({ forwarded: true });
  });

  it("reads a press, also on a message that is gone", async () => {
    const chat = sandbox.privateChat(ann);
    const messageId = await send(chat);
    const queryId = sandbox.press({ userId: ann, chatId: chat, messageId, button: "Retry" });
    const press = { type: "press", queryId, data: "n-1", messageId: String(messageId), anonymous: false };
    expect(last()).toMatchObject({ ...press, from: { id: "11" }, chat: { id: "11", kind: "private" } });
    sandbox.forget(chat, messageId);
    const again = sandbox.press({ userId: ann, chatId: chat, messageId, button: "Retry" });
    expect(last()).toMatchObject({ ...press, queryId: again });
  });

  it("reads whether the bot may write", () => {
    sandbox.block(ann);
    expect(last()).toMatchObject({ type: "membership", canWrite: false, chat: { id: "11" } });
    sandbox.unblock(ann);
    expect(last()).toMatchObject({ type: "membership", canWrite: true });
    const group = sandbox.addGroup({ id: -5, title: "Team", members: [ann] });
    expect(last()).toMatchObject({
      type: "membership",
      canWrite: true,
      chat: { id: "-5" },
      from: { id: "11" },
    });
    const moved = sandbox.migrate(group);
    const told = sandbox.queue.waiting().map(toIncoming);
    expect(told.at(-2)).toMatchObject({
      type: "membership",
      chat: { id: "-5" },
      movedTo: String(moved),
      canWrite: false,
    });
    expect(told.at(-1)).toBeNull();
  });

  it.each([
    [{ is_member: true, can_send_messages: true }, true],
    [{ is_member: true, can_send_messages: false }, false],
    [{ is_member: false, can_send_messages: true }, false],
  ])("of a restricted bot that is %j says that it may write: %s", (rights, canWrite) => {
    const bot = { id: 5, is_bot: true, first_name: "gitnotify" };
    const restricted = {
      update_id: 1,
      my_chat_member: {
        ...{ chat: { id: -1001, type: "supergroup" }, date: 1 },
        from: { id: ann, is_bot: false, first_name: "A" },
        old_chat_member: { user: bot, status: "member" },
        new_chat_member: { user: bot, status: "restricted", ...rights },
      },
    };
    expect(toIncoming(restricted)).toMatchObject({ type: "membership", canWrite });
  });

  it("throws at what is no update", () => {
    for (const odd of [null, "x", {}, { update_id: "1" }, { update_id: 1, message: { text: 5 } }])
      expect(() => toIncoming(odd)).toThrow();
  });
});
