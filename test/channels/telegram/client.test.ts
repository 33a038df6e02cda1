import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTelegramApi, type TelegramApi } from "../../../src/channels/telegram/client.js";
import { startTelegramSandbox, type TelegramSandbox } from "../../../src/sandbox/telegram/index.js";
import { createPlainHttp } from "../../support/plain-http.js";
import { apiFor, createQuickClock } from "./telegram-world.js";

describe("createTelegramApi", () => {
  let sandbox: TelegramSandbox;
  let api: TelegramApi;
  beforeEach(async () => {
    sandbox = await startTelegramSandbox();
    sandbox.addUser({ id: 11, firstName: "Ann" });
    sandbox.privateChat(11);
    api = apiFor(sandbox);
  });
  afterEach(() => sandbox.close());

  it("says who the bot is and what a chat is", async () => {
    expect(await api.getMe()).toEqual({
      id: String(sandbox.bot.id),
      username: sandbox.bot.username,
      name: "gitnotify",
      readsGroups: false,
    });
    expect(await api.getChat("11")).toEqual({ id: "11", kind: "private", title: "Ann", isForum: false });
    sandbox.addGroup({ id: -1001, title: "Team", members: [11], forum: true });
    expect(await api.getChat("-1001")).toEqual({ id: "-1001", kind: "group", title: "Team", isForum: true });
    await expect(api.getChat("404")).rejects.toMatchObject({ kind: "gone", code: "chat" });
  });

  it("reads the token at each call", async () => {
    let token = "1:wrong";
    const rotating = createTelegramApi({
      apiRoot: `${sandbox.url}/`,
      token: async () => token,
      http: createPlainHttp(),
      clock: createQuickClock(),
    });
    await expect(rotating.getMe()).rejects.toMatchObject({ kind: "unauthorized", status: 401 });
    token = `${sandbox.token}\n`;
    expect((await rotating.getMe()).username).toBe(sandbox.bot.username);
  });

  it.each(["", "no token", "1:a/../../x", "1:a?b"])("sends nothing with %j for a token", async (token) => {
    await expect(apiFor(sandbox, undefined, token).getMe()).rejects.toMatchObject({ kind: "unauthorized" });
    expect(sandbox.ledger.entries).toEqual([]);
  });

  it("takes the token out of what a server echoes", async () => {
    const description = `Bad Request: no route /bot${sandbox.token}/getMe`;
    sandbox.faults.add(/getMe/, {
      kind: "status",
      status: 400,
      body: { ok: false, error_code: 400, description },
    });
    const failure: unknown = await api.getMe().catch((error: unknown) => error);
    expect(String(failure)).toContain("/bot<token>/getMe");
    expect((failure as Error).stack).not.toContain(sandbox.token);
  });

  it("keeps what Telegram sends about an update whole", async () => {
    sandbox.say({ userId: 11, chatId: 11, text: "hi" });
    const [update] = await api.getUpdates({ offset: 0, timeoutS: 0, allowed: ["message"] });
    expect(update?.payload).toEqual(sandbox.queue.waiting()[0]);
    await api.getUpdates({ offset: (update?.updateId ?? 0) + 1, timeoutS: 0 });
    expect(sandbox.queue.waiting()).toEqual([]);
  });

  it("ends a long poll when it is aborted", async () => {
    const controller = new AbortController();
    const polling = api.getUpdates({ offset: 0, timeoutS: 50 }, controller.signal);
    setTimeout(() => controller.abort(new Error("stopping")), 30);
    await expect(polling).rejects.toThrow("stopping");
  });

  it("sets menus, answers presses with at most 200 characters, deletes and shows that it types", async () => {
    const commands = [{ command: "runs", description: "Latest runs" }];
    await api.setCommands({ commands, scope: "all_private_chats", language: "ru" });
    expect(sandbox.commands({ type: "all_private_chats" }, "ru")).toEqual(commands);
    const keyboard = [[{ text: "Retry", callback_data: "n" }]];
    const { messageId } = await api.sendMessage({ chat: "11", text: "x", html: false, keyboard });
    const queryId = sandbox.press({ userId: 11, chatId: 11, messageId: Number(messageId), button: "Retry" });
    await api.answerPress(queryId, { text: `${"x".repeat(198)}😀😀`, box: true });
    expect(sandbox.answers[0]).toMatchObject({ text: `${"x".repeat(198)}…`, alert: true });
    await api.showTyping("11");
    await api.deleteMessage({ chat: "11", messageId });
    expect(sandbox.chat(11)[0]?.deleted).toBe(true);
    await expect(api.answerPress("nonsense", {})).rejects.toMatchObject({ kind: "gone", code: "query" });
  });
});
