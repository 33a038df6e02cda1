import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Interrupted } from "../../../src/cli/init/ask.js";
import type { Ports } from "../../../src/cli/init/ports.js";
import { openPairing } from "../../../src/cli/init/listen.js";
import { runWizard } from "../../../src/cli/init/wizard.js";
import { SecretStoreError } from "../../../src/secrets/secret-store.js";
import { systemClock } from "../../../src/lib/clock.js";
import { toConfig } from "../../e2e/harness.js";
import { ctrlC, type Line, type ScriptedAsk } from "./scripted-ask.js";
import { type InitWorld, localAnswers, startWorld, toDraft, toPorts, toStore } from "./world.js";

let world: InitWorld;
beforeEach(async () => (world = await startWorld()));
afterEach(() => world.close());

const mia = 4242;
const heard = () =>
  world.telegram
    .chat(mia)
    .filter(({ from }) => from === "bot")
    .map(({ text }) => text);

/** Mia sends whatever code is on the screen. */
function pairing<P extends Ports & { ask: ScriptedAsk }>(ports: P): P {
  const note = ports.ask.note.bind(ports.ask);
  ports.ask.note = (title, lines) => {
    note(title, lines);
    const code = /start=([\w-]+)/.exec(lines.join("\n"))?.[1];
    if (code !== undefined)
      setTimeout(() => world.telegram.say({ userId: mia, chatId: mia, text: `/start ${code}` }), 30);
  };
  return ports;
}

/** Spares the two seconds in which another program might be heard. */
const hearingNothing: Ports["net"]["telegram"] = async (bot) => ({
  ...(await world.net.telegram(bot)),
  getUpdates: async () => [],
});

const shortest = (): Line[] => [
  ["language", "en"],
  ["connections[0].platform", "github"],
  ...localAnswers("connections[0]", world.github.url),
  ["connections[0].access", "full"],
  ["connections[0].token", world.tokens.github],
  ["connections[1].more", false],
  ["telegram.token", world.tokens.telegram],
  ["telegram.pairing", "now"],
  ["projects", ["personal", "github:acme/api"]],
  ["events", ["pipelines", "reviews"]],
];

describe("a first run", () => {
  it("writes settings that hold, keeps the tokens, and sends a first message", async () => {
    const ports = pairing(toPorts(world, [...shortest(), ["confirm", "write"]]));
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    const config = toConfig(world.file.text);
    expect(config.telegram).toEqual({ apiRoot: world.telegram.url, owner: String(mia) });
    expect(config.connections).toMatchObject([
      { id: "github", url: world.github.url, allowHttp: true, allowPrivateAddress: true },
    ]);
    expect(config.subscriptions).toEqual([]);
    expect(await world.rules()).toMatchObject([
      { to: "owner", features: expect.arrayContaining(["mentions", "reviews"]) as unknown },
      { to: "owner", projects: ["github:acme/api"], features: ["pipelines", "reviews"], origin: "stored" },
    ]);
    expect(config.secrets.store).toBe("keyring");
    expect(Object.fromEntries(world.secrets)).toEqual({
      telegram: world.tokens.telegram,
      "connection/github": world.tokens.github,
    });
    expect(heard()).toEqual([
      expect.stringContaining("Welcome, Mia"),
      expect.stringContaining("You are set up"),
    ]);
    expect(world.file.text).not.toContain(world.tokens.github);
  });

  it("shows account, scopes, expiry, and what a token leaves out", async () => {
    world.github.addToken("ghp_narrow00000000000000000000000000000000", {
      ...{ login: "mia", kind: "classic", scopes: ["notifications"] },
      expiresAt: "2099-01-01T00:00:00Z",
    });
    const script: Line[] = [
      ["language", "en"],
      ["connections[0].platform", "github"],
      ...localAnswers("connections[0]", world.github.url),
      ["connections[0].access", "public"],
      ["connections[0].token", "ghp_narrow00000000000000000000000000000000"],
      ["connections[0].token.lacks", "another"],
      ["connections[0].token", world.tokens.github],
      ["connections[1].more", ctrlC],
    ];
    const ports = toPorts(world, script);
    await expect(runWizard(toDraft(world), ports, "gitnotify")).rejects.toThrow(Interrupted);
    const told = ports.ask.told.join("\n");
    expect(told).toContain("/settings/tokens/new?description=gitnotify&scopes=notifications,read:org");
    expect(told).toMatch(
      /You are mia \(Mia\)\. Classic token, scopes notifications, expires in [\d,]+ days \(2099-01-01\)/,
    );
    expect(told).toContain("the scope repo is missing");
  });

  it("writes nothing when it is ended, at whatever question", async () => {
    const all: Line[] = [...shortest(), ["confirm", "write"]];
    for (let index = 0; index < all.length; index += 1) {
      const script: Line[] = [...all.slice(0, index), [all[index]?.[0] ?? "", ctrlC]];
      const ports = pairing(toPorts(world, script, { net: { telegram: hearingNothing } }));
      await expect(runWizard(toDraft(world), ports, "gitnotify")).rejects.toThrow(Interrupted);
      expect({ at: all[index]?.[0], text: world.file.text, secrets: [...world.secrets] }).toEqual({
        ...{ at: all[index]?.[0], text: "", secrets: [] },
      });
    }
  }, 60_000);

  it("takes an answer back at the end without asking the others again", async () => {
    const script: Line[] = [
      ...shortest(),
      ["confirm", "change"],
      ["change", "language"],
      ["language", "ru"],
      ["confirm", "write"],
    ];
    const ports = pairing(toPorts(world, script));
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    expect(toConfig(world.file.text).language).toBe("ru");
    expect(heard().at(-1)).toContain("Всё настроено");
  });

  it("answers in the chat, in the chosen language, whoever sends something else than the code, a few times", async () => {
    const script: Line[] = [["language", "ru"], ...shortest().slice(1), ["confirm", "write"]];
    const answers: string[] = [];
    // In the place of a chat that takes so many at once.
    const pair: Ports["net"]["pair"] = async (bot) => {
      const api = await world.net.telegram(bot);
      const sendMessage: typeof api.sendMessage = async ({ text }) => {
        answers.push(text);
        return { messageId: String(answers.length) };
      };
      const randomText = (bytes: number) => randomBytes(bytes).toString("base64url");
      return openPairing({ api: { ...api, sendMessage }, clock: systemClock, randomText });
    };
    const ports = toPorts(world, script, { net: { pair } });
    const note = ports.ask.note.bind(ports.ask);
    const say = (text: string) => world.telegram.say({ userId: mia, chatId: mia, text });
    ports.ask.note = (title, lines) => {
      note(title, lines);
      const code = /start=([\w-]+)/.exec(lines.join("\n"))?.[1];
      if (code === undefined) return;
      say("/start wrong-code");
      for (let count = 0; count < 6; count += 1) say("hello there");
      say(`/start ${code}`);
    };
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    expect(answers[0]).toContain("Этот код неверен");
    expect(answers.slice(1)).toEqual(Array(4).fill(expect.stringContaining("ещё нет владельца")));
  });

  it("writes nothing when the person says no at the end", async () => {
    const ports = pairing(toPorts(world, [...shortest(), ["confirm", "stop"]]));
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("nothing");
    expect([world.file.text, world.secrets.size]).toEqual(["", 0]);
  });
});

describe("every question answered wrongly once", () => {
  it("explains, keeps the other answers, and goes on to the end", async () => {
    world.github.addToken("ghp_expired00000000000000000000000000000000", {
      ...{ login: "mia", kind: "classic", scopes: ["repo"] },
      expiresAt: "2020-01-01T00:00:00Z",
    });
    const script: Line[] = [
      ["language", "en"],
      ["connections[0].platform", "github"],
      ["connections[0].url", "not a url"],
      ["connections[0].url", "https://gitnotify-test.invalid"],
      ["connections[0].proxy.how", "other"],
      ["connections[0].url", world.gitlab.url],
      ["connections[0].allowHttp", true],
      ["connections[0].allowPrivateAddress", true],
      ["connections[0].platform.other", false],
      ["connections[0].url", "http://127.0.0.1:9"],
      ["connections[0].allowHttp", true],
      ["connections[0].allowPrivateAddress", true],
      ["connections[0].proxy.how", "proxy"],
      ["connections[0].proxy", "nonsense"],
      ["connections[0].proxy", "http://127.0.0.1:9"],
      ["connections[0].proxy.how", "other"],
      ["connections[0].url", world.github.url],
      ["connections[0].allowHttp", false],
      ["connections[0].allowPrivateAddress", true],
      ["connections[0].proxy.how", "other"],
      ...localAnswers("connections[0]", world.github.url),
      ["connections[0].access", "full"],
      ["connections[0].token", "glpat-0123456789abcdefghij"],
      ["connections[0].token", "ghp_expired00000000000000000000000000000000"],
      ["connections[0].token", world.tokens.github],
      ["connections[1].more", false],
      ["telegram.token", world.tokens.github],
      ["telegram.token", "123456:AAwrong-token-of-a-bot-that-is-not-there"],
      ["telegram.token", world.tokens.telegram],
      ["telegram.pairing", "id"],
      ["telegram.owner", "@mia"],
      ["telegram.owner", String(mia)],
      ["projects", ["personal", "acme/nothing", "github:acme/api"]],
      ["projects", ["personal", "github:acme/api", "nobody/*"]],
      ["projects", ["personal", "github:acme/api", "acme/"]],
      ["events", ["pipelines"]],
      ["confirm", "write"],
    ];
    const ports = toPorts(world, script);
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    const told = ports.ask.told.filter((line) => /^(refused|problem)/.test(line)).join("\n");
    for (const words of [
      "An address has no spaces in it",
      "gitnotify-test.invalid could not be resolved",
      "not encrypted",
      "in a private network or on this machine",
      "This is a GitLab, not a GitHub",
      "127.0.0.1:9 refused the connection",
      "not a proxy that gitnotify can use",
      "The proxy",
      "That is a GitLab token",
      "it has expired, was revoked, or is incomplete",
      "That is a GitHub token. Paste the one from @BotFather",
      "Telegram knows no bot with this token",
      "not a Telegram user id",
      "There is no project acme/nothing",
      "Nothing you can see matches github:nobody/*",
    ])
      expect(told).toContain(words);
    expect(told).not.toContain("ghp_expired");
    expect((await world.rules()).map(({ projects }) => projects)).toContainEqual([
      "github:acme/api",
      "github:acme/*",
    ]);
  }, 30_000);

  it("tells of another program that listens to the bot, and of a webhook, before it goes on", async () => {
    world.telegram.setWebhook("https://other.example.com/hook");
    const rival = listenElsewhere();
    const script: Line[] = shortest().flatMap((line): Line[] =>
      line[0] === "telegram.pairing"
        ? [["telegram.webhook", "remove"], ["telegram.otherPoller", "again"], line]
        : [line],
    );
    const ports = pairing(toPorts(world, [...script, ["confirm", "stop"]]));
    const select = ports.ask.select.bind(ports.ask);
    ports.ask.select = async (question) => {
      if (question.id === "telegram.otherPoller") await rival.stop();
      return select(question);
    };
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("nothing");
    expect(ports.ask.told.join("\n")).toMatch(
      /has a webhook[\s\S]*Another program is receiving the messages of @/,
    );
  }, 30_000);
});

/** Another program with the same token, that comes again at once whenever it is thrown out. */
function listenElsewhere(): { stop(): Promise<void> } {
  const over = new AbortController();
  const body = JSON.stringify({ timeout: 50 });
  const url = `${world.telegram.url}/bot${world.tokens.telegram}/getUpdates`;
  const listening = (async () => {
    while (!over.signal.aborted) {
      const headers = { "content-type": "application/json" };
      await fetch(url, { method: "POST", headers, body, signal: over.signal }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await listening;
    },
  };
}

describe("when something cannot be written", () => {
  const locked = new SecretStoreError("locked", "The keyring is locked.", "Unlock it.");

  it("keeps the answers when the keyring is locked, and takes another store", async () => {
    const script: Line[] = [
      ...shortest(),
      ["confirm", "write"],
      ["write.failed", "again"],
      ["write.failed", "store"],
    ];
    const ports = pairing(
      toPorts(world, script, {
        stores: {
          choose: async ({ refused }) => ({
            id: refused.length === 0 ? "keyring" : "file",
            why: "store.why.keyring",
            passedOver: [],
          }),
          open: async (id) =>
            id === "file"
              ? toStore(world.secrets)
              : { ...toStore(new Map()), set: () => Promise.reject(locked), get: async () => null },
        },
      }),
    );
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    expect(ports.ask.told.join("\n")).toContain("The keyring is locked. Unlock it. Nothing was written.");
    expect(toConfig(world.file.text).secrets.store).toBe("file");
    expect(world.secrets.size).toBe(2);
  });

  it("touches nothing when the settings would not be valid", async () => {
    const script: Line[] = [...shortest(), ["confirm", "write"], ["write.failed", "stop"]];
    const ports = pairing(toPorts(world, script, { files: { check: async () => ["config.yaml:3:1: no"] } }));
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("failed");
    expect(ports.ask.told.join("\n")).toContain("config.yaml:3:1: no");
    expect([world.file.text, world.secrets.size]).toEqual(["", 0]);
  });

  it("takes the tokens back when the database cannot be written", async () => {
    writeFileSync(world.databaseFile, "no database, and long enough to be taken for something else");
    const script: Line[] = [...shortest(), ["confirm", "write"], ["write.failed", "stop"]];
    const ports = pairing(toPorts(world, script));
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("failed");
    expect(ports.ask.told.join("\n")).toMatch(/is not a gitnotify database[\s\S]*Nothing was written\./);
    expect([world.file.text, world.secrets.size]).toEqual(["", 0]);
  });

  it("takes tokens and subscriptions back when config.yaml cannot be written", async () => {
    world.secrets.set("telegram", "700000001:AAthe-one-before-000000000000000");
    const script: Line[] = [...shortest(), ["confirm", "write"], ["write.failed", "stop"]];
    const ports = pairing(
      toPorts(world, script, { files: { write: () => Promise.reject(new Error("The disk is full.")) } }),
    );
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("failed");
    expect(ports.ask.told.join("\n")).toContain("The disk is full. Nothing was written.");
    expect(Object.fromEntries(world.secrets)).toEqual({
      telegram: "700000001:AAthe-one-before-000000000000000",
    });
    expect(await world.rules()).toEqual([]);
  });

  it("says what could not be taken back", async () => {
    const script: Line[] = [...shortest(), ["confirm", "write"], ["write.failed", "stop"]];
    const ports = pairing(
      toPorts(world, script, {
        files: { write: () => Promise.reject(new Error("The disk is full.")) },
        stores: { open: async () => ({ ...toStore(world.secrets), delete: () => Promise.reject(locked) }) },
      }),
    );
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("failed");
    expect(ports.ask.told.join("\n")).toContain("Could not be undone: telegram, connection/github");
  });

  it("goes on without the service when that cannot be installed", async () => {
    const { CliError } = await import("../../../src/cli/exit-code.js");
    const offer = {
      ...{ ok: true as const, id: "systemd", lingers: true },
      install: () => Promise.reject(new CliError(1, "systemd says no", "Ask it why.")),
    };
    const script: Line[] = [...shortest(), ["service", "user"], ["confirm", "write"]];
    const none = { ok: false as const, code: "no_systemd" as const, values: {} };
    const services = { find: async (scope: string) => (scope === "user" ? offer : none) };
    const ports = pairing(toPorts(world, script, { services }));
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    expect(ports.ask.told.join("\n")).toContain("The service is not running: systemd says no");
    expect(heard().at(-1)).toContain("gitnotify start");
  });

  it("names the home of a service that runs elsewhere", async () => {
    const offer = {
      ...{ ok: true as const, id: "systemd", lingers: false, home: "/var/lib/gitnotify" },
      install: async () => [],
    };
    const script: Line[] = [...shortest(), ["service", "system"], ["confirm", "write"]];
    const none = { ok: false as const, code: "no_systemd" as const, values: {} };
    const services = { find: async (scope: string) => (scope === "system" ? offer : none) };
    const ports = pairing(toPorts(world, script, { services }));
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    const next = ports.ask.told.slice(ports.ask.told.indexOf("note: Next") + 1);
    expect(next[0]).toMatch(/^gitnotify --home \/var\/lib\/gitnotify status /);
    expect(next.filter((line) => !line.includes("--home /var/lib/gitnotify"))).toEqual([]);
  });
});
