import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Notification } from "../../../src/domain/notification.js";
import { channelContract } from "../../contracts/channel-contract.js";
import { checkTelegramExchanges, hasTelegramDescription } from "../../support/telegram-description.js";
import { createListLog, createTelegramWorld } from "./telegram-world.js";

channelContract("Telegram", () => createTelegramWorld());

describe("the Telegram channel", () => {
  const log = createListLog();
  const signal = new AbortController().signal;
  let world: Awaited<ReturnType<typeof createTelegramWorld>>;
  beforeEach(async () => {
    log.lines.length = 0;
    world = await createTelegramWorld(log);
    world.sandbox.addGroup({ id: -1001, title: "Forum", members: [11], forum: true });
  });
  afterEach(() => world.close());

  const note = (text: string, buttons: Notification["buttons"] = []): Notification => ({
    text: [{ node: "bold", text }],
    buttons,
    silent: false,
  });
  const forum = (topic?: string) => ({ channel: "telegram", chat: "-1001", ...(topic && { topic }) });
  const lastForm = () => new URLSearchParams(world.sandbox.ledger.entries.at(-1)?.exchange.body.toString());

  it("counts twenty messages a minute in a group, and sixty in private", () => {
    const { limits } = world.channel;
    const own = { channel: "telegram", chat: "11" };
    expect([limits.perMinute(forum()), limits.perMinute(own)]).toEqual([20, 60]);
  });

  it("sends once more as plain text when Telegram cannot read the markup", async () => {
    const body = {
      ok: false,
      error_code: 400,
      description: "Bad Request: can't parse entities: a bug at byte offset 3",
    };
    world.sandbox.faults.add(/sendMessage/, { kind: "status", status: 400, body });
    await world.channel.send(forum(), note("1 < 2"), { signal });
    expect(world.sandbox.chat(-1001)).toMatchObject([{ text: "1 < 2", html: "1 < 2" }]);
    expect(lastForm().has("parse_mode")).toBe(false);
    expect(log.lines).toEqual([expect.stringMatching(/^error .*plain text/)]);
  });

  const refuse = (description: string) =>
    world.sandbox.faults.add(/sendMessage/, {
      kind: "status",
      status: 400,
      body: { ok: false, error_code: 400, description },
    });
  const openAndRetry = (url: string) => [
    [
      { label: "Open", url },
      { label: "Retry", nonce: "n" },
    ],
  ];

  it("shows the address as text where Telegram refuses the button that leads there", async () => {
    refuse("Bad Request: BUTTON_URL_INVALID");
    await world.channel.send(forum(), note("x", openAndRetry("http://10.0.0.5:8080/a")), { signal });
    const [message] = world.sandbox.chat(-1001);
    expect(message?.text).toBe("x\nhttp://10.0.0.5:8080/a");
    expect(message?.keyboard.flat().map(({ text }) => text)).toEqual(["Retry"]);
  });

  it("sends no buttons when Telegram refuses even those without an address", async () => {
    refuse("Bad Request: BUTTON_DATA_INVALID");
    await world.channel.send(forum(), note("x", [[{ label: "Retry", nonce: "n" }]]), { signal });
    expect(world.sandbox.chat(-1001)).toMatchObject([{ text: "x", keyboard: [] }]);
  });

  it.each(["http://gitlab/a", "http://gitlab:8080/a", "https://localhost/a"])(
    "sends no button to %s, for Telegram refuses hosts without a dot",
    async (url) => {
      await world.channel.send(forum(), note("x", openAndRetry(url)), { signal });
      const [message] = world.sandbox.chat(-1001);
      expect(message?.text).toBe(`x\n${url}`);
      expect(message?.keyboard.flat().map(({ text }) => text)).toEqual(["Retry"]);
      expect(log.lines).toEqual([]);
    },
  );

  it("sends the beginning of a text that Telegram finds too long", async () => {
    refuse("Bad Request: message is too long");
    await world.channel.send(forum(), note("word ".repeat(700)), { signal });
    expect(world.sandbox.chat(-1001)[0]?.text).toMatch(/^word .*…$/);
    refuse("Bad Request: message is too long");
    await expect(world.channel.send(forum(), note("x"), { signal })).rejects.toMatchObject({
      code: "too_long",
    });
  });

  it("keeps to the topic, sends to General without an id, and to the chat when the topic is gone", async () => {
    const topic = world.sandbox.addTopic(-1001, "CI");
    await world.channel.send(forum(String(topic)), note("a"), { signal });
    await world.channel.send(forum("1"), note("b"), { signal });
    world.sandbox.closeTopic(-1001, topic);
    await world.channel.send(forum(String(topic)), note("c"), { signal });
    world.sandbox.deleteTopic(-1001, topic);
    await world.channel.send(forum(String(topic)), note("d"), { signal });
    expect(world.sandbox.chat(-1001).map((message) => [message.text, message.threadId])).toEqual([
      ["a", topic], ["b", undefined], ["c", undefined], ["d", undefined],
    ]); // prettier-ignore
  });

  it("removes buttons by an edit without any", async () => {
    const { messageId } = await world.channel.send(forum(), note("x", [[{ label: "Retry", nonce: "n" }]]), {
      signal,
    });
    await world.channel.edit({ destination: forum(), messageId }, note("x"), signal);
    expect(world.sandbox.chat(-1001)[0]?.keyboard).toEqual([]);
  });

  it("never loses a message to its buttons", async () => {
    const many = Array.from({ length: 130 }, (_, index) => ({ label: `b${index}`, nonce: `n${index}` }));
    const odd = [
      { label: "\u202e ", nonce: "n" },
      { label: "script", url: "javascript:alert(1)" },
      { label: "long", nonce: "x".repeat(65) },
      { label: "neither" },
      { label: "two\nlines 😀".padEnd(200, "!"), nonce: "n", style: "danger" as const },
    ];
    await world.channel.send(forum(), note("x", [odd, many]), { signal });
    const rows = world.sandbox.chat(-1001)[0]?.keyboard ?? [];
    expect(rows[0]?.map((button) => [button.text.slice(0, 11), button.style])).toEqual(
      [["two lines 😀", "danger"]].map(([t, s]) => [t?.slice(0, 11), s]),
    );
    expect(rows.flat().length).toBe(100);
    expect(Math.max(...rows.map((row) => row.length))).toBe(8);
  });

  it("sends something even when cleaning leaves nothing", async () => {
    await world.channel.send(forum(), note("\u202e\u200b"), { signal });
    expect(world.sandbox.chat(-1001)[0]?.text).toBe("…");
  });

  it("shows no link previews", async () => {
    await world.channel.send(forum(), note("x"), { signal });
    expect(lastForm().get("link_preview_options")).toBe('{"is_disabled":true}');
  });

  it.each([
    ["an empty answer", { kind: "empty" }, "ambiguous"],
    ["half an answer", { kind: "truncated" }, "ambiguous"],
    ["a login page", { kind: "html" }, "unreachable"],
    ["a redirect", { kind: "redirect", location: "https://portal.example/" }, "unreachable"],
    ["a reset connection", { kind: "reset" }, "ambiguous"],
    ["JSON of something else", { kind: "status", status: 200, body: { error: "x" } }, "ambiguous"],
    ["JSON that is no object", { kind: "status", status: 200, body: "null" }, "ambiguous"],
    [
      "a result that is no message",
      { kind: "status", status: 200, body: { ok: true, result: {} } },
      "ambiguous",
    ],
  ] as const)("does not take %s for a sent message", async (_, fault, kind) => {
    world.sandbox.faults.add(/sendMessage/, fault);
    await expect(world.channel.send(forum(), note("x"), { signal })).rejects.toMatchObject({
      name: "Failure",
      kind,
    });
  });

  it.skipIf(!hasTelegramDescription)(
    "asks as the official description says (skipped where it is absent)",
    async () => {
      const topic = String(world.sandbox.addTopic(-1001, "CI"));
      const buttons = [
        [
          { label: "Merge", nonce: "n", style: "success" as const },
          { label: "Open", url: "https://a.example" },
        ],
      ];
      const first = await world.channel.send(forum(topic), note("x", buttons), { signal });
      await world.channel.send(
        forum(topic),
        { ...note("y"), silent: true },
        { signal, replyTo: first.messageId },
      );
      await world.channel.edit(
        { destination: forum(topic), messageId: first.messageId },
        note("z", buttons),
        signal,
      );
      expect(checkTelegramExchanges(world.sandbox.ledger.entries)).toEqual([]);
    },
  );
});
