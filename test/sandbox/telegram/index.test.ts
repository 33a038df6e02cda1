import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTelegramSandbox, type TelegramSandbox } from "../../../src/sandbox/telegram/index.js";
import { checkTelegramExchanges, hasTelegramDescription } from "../../support/telegram-description.js";
import { ask, updates } from "./ask.js";

const ann = 11;
const bob = 12;
let sandbox: TelegramSandbox;
let time = 1_700_000_000_000;

beforeEach(async () => {
  time = 1_700_000_000_000;
  sandbox = await startTelegramSandbox({ now: () => time, limits: "real" });
  sandbox.addUser({ id: ann, firstName: "Ann", username: "ann", language: "en" });
  sandbox.addUser({ id: bob, firstName: "Bob" });
});
afterEach(() => sandbox.close());

const keyboard = (rows: object[][]) => ({ inline_keyboard: rows });
const buttons = (rows: object[][]) => ({ reply_markup: keyboard(rows) });
const retry = { text: "Retry", callback_data: "n1" };

async function sent(chatId: number, more: object = {}): Promise<number> {
  const told = await ask(sandbox, "sendMessage", { chat_id: chatId, text: "hello", ...more });
  if (!told.ok) throw new Error(told.description);
  return (told.result as { message_id: number }).message_id;
}

describe("tokens and methods", () => {
  it("knows its own token only", async () => {
    const status = async (token: string) => (await fetch(`${sandbox.url}/bot${token}/getMe`)).status;
    expect([await status(sandbox.token), await status("1:other"), await status("malformed")]).toEqual([
      200, 401, 404,
    ]);
    expect((await ask(sandbox, "getMoon")).error_code).toBe(404);
  });

  it("takes forms with JSON inside as well as JSON", async () => {
    const chat = sandbox.privateChat(ann);
    const body = new URLSearchParams({
      chat_id: String(chat), text: "<b>hi</b>", parse_mode: "HTML", reply_markup: JSON.stringify(keyboard([[retry]])),
    }); // prettier-ignore
    const answer = await fetch(`${sandbox.url}/bot${sandbox.token}/sendMessage`, { method: "POST", body });
    expect(answer.status).toBe(200);
    expect(sandbox.chat(chat)[0]).toMatchObject({
      text: "hi",
      html: "<b>hi</b>",
      keyboard: [[retry]],
      from: "bot",
    });
  });
});

describe("sendMessage", () => {
  it.each([
    ["an empty text", { text: "" }, "message text is empty"],
    ["an invisible text", { text: " \n\u200b " }, "message text is empty"],
    ["4097 characters", { text: "x".repeat(4097) }, "message is too long"],
    ["markup that does not close", { text: "<b>x", parse_mode: "HTML" }, "can't parse entities"],
    ["data of 66 bytes", buttons([[{ text: "a", callback_data: "ж".repeat(33) }]]), "BUTTON_DATA_INVALID"],
    ["a script as an address", buttons([[{ text: "a", url: "javascript:x" }]]), "is invalid"],
    ["a button that does nothing", buttons([[{ text: "a" }]]), "Text buttons are unallowed"],
    ["nine buttons in a row", buttons([Array.from({ length: 9 }, () => retry)]), "too long"],
    ["101 buttons", buttons(Array.from({ length: 101 }, () => [retry])), "too long"],
    ["an answer to nothing", { reply_parameters: { message_id: 999 } }, "message to be replied not found"],
    ["a topic where there is none", { message_thread_id: 5 }, "message thread not found"],
    ["an unknown chat", { chat_id: 404 }, "chat not found"],
    ["a person who never pressed Start", { chat_id: bob }, "chat not found"],
  ])("refuses %s", async (_, parameters, reason) => {
    const told = await ask(sandbox, "sendMessage", {
      chat_id: sandbox.privateChat(ann),
      text: "x",
      ...parameters,
    });
    expect(told).toMatchObject({ ok: false, error_code: 400 });
    expect(told.description).toContain(reason);
  });

  it("counts the length after entity parsing", async () => {
    const text = `<b>${"&amp;".repeat(4096)}</b>`;
    await sent(sandbox.privateChat(ann), { text, parse_mode: "HTML" });
    expect(sandbox.chat(ann)[0]?.text.length).toBe(4096);
  });

  it("answers a missing message only when it need not be there", async () => {
    const chat = sandbox.privateChat(ann);
    const first = await sent(chat);
    await sent(chat, { reply_parameters: { message_id: first } });
    sandbox.forget(chat, first);
    await sent(chat, { reply_parameters: { message_id: first, allow_sending_without_reply: true } });
    expect(sandbox.chat(chat).map((message) => message.replyTo)).toEqual([undefined, first, undefined]);
  });

  it("sends to topics, but to the General one only without its id", async () => {
    const forum = sandbox.addGroup({ id: -1001, title: "Team", members: [ann], forum: true });
    const topic = sandbox.addTopic(forum, "CI");
    await sent(forum, { message_thread_id: topic });
    const general = await ask(sandbox, "sendMessage", { chat_id: forum, text: "x", message_thread_id: 1 });
    expect(general.description).toContain("message thread not found");
    sandbox.closeTopic(forum, topic);
    const closed = await ask(sandbox, "sendMessage", { chat_id: forum, text: "x", message_thread_id: topic });
    expect(closed.description).toContain("TOPIC_CLOSED");
    expect(sandbox.chat(forum).map((message) => message.threadId)).toEqual([topic]);
  });

  it("tells why the bot may not write", async () => {
    const chat = sandbox.privateChat(ann);
    const group = sandbox.addGroup({ id: -5, title: "Team", members: [ann] });
    sandbox.block(ann);
    const told = await ask(sandbox, "sendMessage", { chat_id: chat, text: "x" });
    expect(told).toMatchObject({ error_code: 403, description: "Forbidden: bot was blocked by the user" });
    sandbox.unblock(ann);
    await sent(chat);
    const moved = sandbox.migrate(group);
    const upgraded = await ask(sandbox, "sendMessage", { chat_id: group, text: "x" });
    expect(upgraded).toMatchObject({ error_code: 400, parameters: { migrate_to_chat_id: moved } });
    await sent(moved);
    sandbox.kick(moved);
    expect((await ask(sandbox, "sendMessage", { chat_id: moved, text: "x" })).error_code).toBe(403);
  });
});

describe("flood limits", () => {
  it("allows a short burst in a chat, then one message a second", async () => {
    const chat = sandbox.privateChat(ann);
    for (let count = 0; count < 3; count += 1) await sent(chat);
    const told = await ask(sandbox, "sendMessage", { chat_id: chat, text: "x" });
    expect(told).toMatchObject({ error_code: 429, parameters: { retry_after: 1 } });
    time += 1000;
    await sent(chat);
  });

  it("allows 20 messages and edits a minute in a group", async () => {
    const group = sandbox.addGroup({ id: -5, title: "Team", members: [ann] });
    const first = await sent(group);
    for (let count = 0; count < 18; count += 1) {
      time += 1000;
      await sent(group);
    }
    time += 1000;
    expect((await ask(sandbox, "editMessageText", { chat_id: group, message_id: first, text: "2" })).ok).toBe(
      true,
    );
    const told = await ask(sandbox, "sendMessage", { chat_id: group, text: "x" });
    expect(told).toMatchObject({ error_code: 429, parameters: { retry_after: 41 } });
    time += 41_000;
    await sent(group);
  });

  it("allows 30 messages a second in all", async () => {
    for (let id = 100; id < 130; id += 1) {
      sandbox.addUser({ id, firstName: "U" });
      await sent(sandbox.privateChat(id));
    }
    expect(
      (await ask(sandbox, "sendMessage", { chat_id: sandbox.privateChat(ann), text: "x" })).error_code,
    ).toBe(429);
  });
});

describe("editing", () => {
  it("keeps what it said before, drops an omitted keyboard, and refuses no change", async () => {
    const chat = sandbox.privateChat(ann);
    const id = await sent(chat, { reply_markup: keyboard([[retry]]) });
    const edit = (parameters: object) =>
      ask(sandbox, "editMessageText", { chat_id: chat, message_id: id, ...parameters });
    const same = await edit({ text: "hello", reply_markup: keyboard([[retry]]) });
    expect(same.description).toContain("message is not modified");
    await edit({ text: "better" });
    expect(sandbox.chat(chat)[0]).toMatchObject({
      text: "better",
      history: ["hello"],
      keyboard: [],
      edited: true,
    });
    await ask(sandbox, "editMessageReplyMarkup", {
      chat_id: chat,
      message_id: id,
      reply_markup: keyboard([[retry]]),
    });
    expect(sandbox.chat(chat)[0]).toMatchObject({ text: "better", keyboard: [[retry]] });
    await ask(sandbox, "deleteMessage", { chat_id: chat, message_id: id });
    expect((await edit({ text: "x" })).description).toContain("message to edit not found");
  });
});

describe("updates", () => {
  it("repeats what is not confirmed, and forgets what is", async () => {
    for (const text of ["/start abc", "two"]) sandbox.say({ userId: ann, chatId: ann, text });
    const [first, second] = await updates(sandbox);
    expect(first?.message).toMatchObject({
      text: "/start abc",
      entities: [{ type: "bot_command", offset: 0, length: 6 }],
    });
    expect((await updates(sandbox)).length).toBe(2);
    expect(await updates(sandbox, { offset: second?.update_id })).toEqual([second]);
    expect(await updates(sandbox, { offset: (second?.update_id ?? 0) + 1 })).toEqual([]);
    expect(await updates(sandbox)).toEqual([]);
  });

  it("wakes a long poll, and ends the older of two with 409", async () => {
    const older = ask(sandbox, "getUpdates", { timeout: 50 });
    await sandbox.waitFor(() => true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const newer = updates(sandbox, { timeout: 50 });
    expect(await older).toMatchObject({ ok: false, error_code: 409 });
    sandbox.say({ userId: ann, chatId: ann, text: "hi" });
    expect((await newer)[0]?.message?.text).toBe("hi");
  });

  it("refuses while a webhook is set, keeps the updates when it goes", async () => {
    sandbox.say({ userId: ann, chatId: ann, text: "hi" });
    sandbox.setWebhook("https://bot.example/hook");
    expect((await ask(sandbox, "getUpdates")).description).toContain("webhook is active");
    await ask(sandbox, "deleteWebhook");
    expect((await updates(sandbox)).length).toBe(1);
  });

  it("remembers allowed_updates, and lets presses die after 150 seconds", async () => {
    const chat = sandbox.privateChat(ann);
    const id = await sent(chat, { reply_markup: keyboard([[retry]]) });
    await updates(sandbox, { allowed_updates: ["callback_query"] });
    sandbox.say({ userId: ann, chatId: ann, text: "left out" });
    const queryId = sandbox.press({ userId: ann, chatId: chat, messageId: id, button: "Retry" });
    expect((await updates(sandbox)).map((update) => update.callback_query?.data)).toEqual(["n1"]);
    time += 151_000;
    expect(await updates(sandbox)).toEqual([]);
    const late = await ask(sandbox, "answerCallbackQuery", { callback_query_id: queryId });
    expect(late.description).toContain("query is too old");
  });

  it("shows answers to presses, and a deleted message as inaccessible", async () => {
    const chat = sandbox.privateChat(ann);
    const id = await sent(chat, { reply_markup: keyboard([[retry]]) });
    const queryId = sandbox.press({ userId: ann, chatId: chat, messageId: id, button: "n1" });
    await ask(sandbox, "answerCallbackQuery", {
      callback_query_id: queryId,
      text: "On it",
      show_alert: true,
    });
    expect(sandbox.answers).toEqual([{ queryId, userId: ann, chatId: chat, text: "On it", alert: true }]);
    sandbox.forget(chat, id);
    sandbox.press({ userId: ann, chatId: chat, messageId: id, button: "Retry" });
    expect((await updates(sandbox)).at(-1)?.callback_query?.message).toMatchObject({
      message_id: id,
      date: 0,
    });
    expect(() => sandbox.press({ userId: ann, chatId: chat, messageId: id, button: "Merge" })).toThrow(
      "only: Retry",
    );
  });

  it("keeps from a bot in privacy mode what a group says among itself", async () => {
    const group = sandbox.addGroup({ id: -5, title: "Team", members: [ann, bob] });
    const message = await sent(group);
    const said = [
      "hello all",
      "@gitnotify_sandbox_bot hi",
      "/help",
      `/help@${sandbox.bot.username}`,
      "/help@other_bot",
    ];
    for (const text of said) sandbox.say({ userId: ann, chatId: group, text });
    sandbox.say({ userId: bob, chatId: group, text: "a comment", replyTo: message });
    const seen = (await updates(sandbox)).flatMap((update) => update.message?.text ?? []);
    expect(seen).toEqual(["/help", `/help@${sandbox.bot.username}`, "a comment"]);
  });
});

describe("setMyCommands", () => {
  it("checks names and keeps a list for each scope and language", async () => {
    const set = (command: string, more: object = {}) =>
      ask(sandbox, "setMyCommands", { commands: [{ command, description: "d" }], ...more });
    expect((await set("Bad-Name")).description).toContain("BOT_COMMAND_INVALID");
    expect((await set("start")).ok).toBe(true);
    await set("runs", { scope: { type: "all_group_chats" }, language_code: "ru" });
    expect(sandbox.commands()).toEqual([{ command: "start", description: "d" }]);
    expect(sandbox.commands({ type: "all_group_chats" }, "ru")).toEqual([
      { command: "runs", description: "d" },
    ]);
    expect((await ask(sandbox, "getMyCommands")).result).toEqual([{ command: "start", description: "d" }]);
  });
});

describe("looking on", () => {
  it("announces changes and waits for them", async () => {
    const chat = sandbox.privateChat(ann);
    const kinds: string[] = [];
    const stop = sandbox.onChange((change) => kinds.push(change.kind));
    const found = sandbox.waitFor(() => sandbox.chat(chat).find((message) => message.text === "second"));
    const id = await sent(chat, { reply_markup: keyboard([[retry]]) });
    await sent(chat, { text: "second" });
    expect((await found).messageId).toBe(id + 1);
    sandbox.press({ userId: ann, chatId: chat, messageId: id, button: "Retry" });
    stop();
    await sent(chat);
    expect(kinds).toEqual(["sent", "sent", "pressed"]);
    await expect(sandbox.waitFor(() => false, { timeoutMs: 20 })).rejects.toThrow("second");
  });

  it("draws the chat as bubbles with rows of buttons", async () => {
    const chat = sandbox.privateChat(ann);
    const rows = [[retry, { text: "Open", url: "https://a.example/" }]];
    const text = `🔴 <b>Pipeline #142 failed</b>\n<blockquote>${"long words ".repeat(6).trim()}</blockquote>`;
    await sent(chat, { text, parse_mode: "HTML", reply_markup: keyboard(rows) });
    sandbox.say({ userId: ann, chatId: chat, text: "/runs" });
    const drawn = sandbox.renderChat(chat);
    expect(drawn.split("\n").every((line) => line.length <= 62)).toBe(true);
    expect(drawn).toContain("[ Retry ] [ Open ↗ ]");
    expect(drawn).toContain("│ ▎ long words");
    expect(drawn).toMatch(/ {20,}│ \/runs/);
  });
});

describe.skipIf(!hasTelegramDescription)(
  "the official description (skipped where it does not lie beside the checkout)",
  () => {
    it("agrees with what the sandbox answers", async () => {
      const forum = sandbox.addGroup({ id: -1001, title: "Team", members: [ann, bob], forum: true });
      const topic = sandbox.addTopic(forum, "CI");
      const id = await sent(forum, {
        message_thread_id: topic,
        reply_markup: keyboard([[{ ...retry, style: "danger" }]]),
      });
      await ask(sandbox, "getMe");
      await ask(sandbox, "getChat", { chat_id: forum });
      await ask(sandbox, "getWebhookInfo");
      await ask(sandbox, "sendChatAction", { chat_id: forum, action: "typing" });
      await ask(sandbox, "setMessageReaction", {
        chat_id: forum,
        message_id: id,
        reaction: [{ type: "emoji", emoji: "👍" }],
      });
      await ask(sandbox, "editMessageText", {
        chat_id: forum,
        message_id: id,
        text: "<b>new</b>",
        parse_mode: "HTML",
      });
      await ask(sandbox, "editMessageReplyMarkup", {
        chat_id: forum,
        message_id: id,
        reply_markup: keyboard([[retry]]),
      });
      sandbox.say({ userId: bob, chatId: forum, text: "yes", replyTo: id, threadId: topic });
      sandbox.say({ userId: bob, chatId: forum, text: "/merge", as: "anonymous_admin" });
      sandbox.say({ userId: bob, chatId: forum, text: "/merge", as: "channel", forwarded: true });
      sandbox.press({ userId: ann, chatId: forum, messageId: id, button: "Retry" });
      sandbox.forget(forum, id);
      sandbox.press({ userId: ann, chatId: forum, messageId: id, button: "Retry" });
      sandbox.migrate(sandbox.addGroup({ id: -7, title: "Old", members: [ann] }));
      await ask(sandbox, "sendMessage", { chat_id: -7, text: "x" });
      sandbox.block(ann);
      expect((await updates(sandbox)).length).toBe(10);
      expect(checkTelegramExchanges(sandbox.ledger.entries)).toEqual([]);
    });

    it("sees a wrong parameter and a wrong result", async () => {
      await sent(sandbox.privateChat(ann), { colour: "red" });
      const [entry] = sandbox.ledger.entries;
      expect(checkTelegramExchanges(sandbox.ledger.entries)).toEqual([
        "sendMessage: unknown parameter colour",
      ]);
      const spoiled = { ...entry!, reply: { status: 200, body: { ok: true, result: { message_id: "1" } } } };
      expect(checkTelegramExchanges([spoiled]).join()).toMatch(/is no Integer.*needs date/);
    });
  },
);
