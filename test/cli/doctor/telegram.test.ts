import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { takeDaemonLock } from "../../../src/lib/daemon-lock.js";
import { useDoctorsHome } from "./home.js";

const home = useDoctorsHome();

describe("the check of Telegram", () => {
  it("finds a webhook that takes the updates away, and names its host alone", async () => {
    home.surroundings.telegram.setWebhook("https://other.example.com/700000001:AAsecretsecretsecret");
    const found = await home.findings("telegram");
    expect(found[1]).toMatchObject({ state: "warning" });
    expect(found[1]?.text).toContain("a webhook at other.example.com,");
    expect(found[1]?.remedy).toContain("@BotFather");
    expect(JSON.stringify(found)).not.toContain("AAsecret");
  });

  it("takes the daemon's word for another program that fetches the updates", async () => {
    const unlock = await takeDaemonLock(home.path, 12345);
    const what = "Telegram refused getUpdates: Conflict: terminated by other getUpdates request";
    const state = {
      pid: 12345,
      version: "0.1.0",
      node: "20.0.0",
      startedAt: 1,
      at: Date.now(),
      loopDelayMs: 0,
    };
    const rest = { rssBytes: 1, heapBytes: 1, bot: "b", reloadedAt: null, reloadProblem: null };
    const telegramTrouble = { what, since: Date.now() - 600_000 };
    writeFileSync(join(home.path, "daemon.json"), JSON.stringify({ ...state, ...rest, telegramTrouble }));
    const found = await home.findings("telegram", "--listen");
    unlock();
    expect(found[1]).toMatchObject({ state: "wrong" });
    expect(found[1]?.text).toContain("no updates for 10 min");
    expect(found[1]?.remedy).toContain("@BotFather");
    expect(
      home.surroundings.telegram.ledger.entries.some(({ reply }) => reply.operation === "getUpdates"),
    ).toBe(false);
  });

  it("finds another program that fetches the updates, when it may interrupt it, and confirms nothing", async () => {
    const { telegram } = home.surroundings;
    telegram.queue.clear();
    const other = pollElsewhere(telegram.url, telegram.token);
    await other.begun;
    const found = await home.findings("telegram", "--listen");
    await other.stop();
    expect(found[1]).toMatchObject({
      state: "wrong",
      text: "Another program asks for this bot's updates and takes them away.",
    });
  });

  it("leaves waiting updates where they are", async () => {
    const { telegram } = home.surroundings;
    expect(telegram.queue.waiting()).toHaveLength(1);
    const found = await home.findings("telegram", "--listen");
    expect(found[1]).toMatchObject({ state: "well", text: "no other program asks for this bot's updates" });
    expect(telegram.queue.waiting()).toHaveLength(1);
  });

  it("asks for no updates unless it is told to", async () => {
    await home.findings("telegram");
    expect(
      home.surroundings.telegram.ledger.entries.some(({ reply }) => reply.operation === "getUpdates"),
    ).toBe(false);
  });

  it("finds an owner who has blocked the bot", async () => {
    home.surroundings.telegram.block(4242);
    const found = await home.findings("telegram");
    expect(found).toContainEqual(
      expect.objectContaining({ state: "wrong", remedy: "That person has to open the bot and press Start." }),
    );
  });
});

/** Another program with the same token: a long poll, and again soon after it was refused. */
function pollElsewhere(url: string, token: string) {
  let isOver = false;
  const stopping = new AbortController();
  const ask = () =>
    fetch(`${url}/bot${token}/getUpdates?timeout=30`, { signal: stopping.signal }).catch(() => undefined);
  const first = ask();
  const run = (async () => {
    await first;
    while (!isOver) await ask();
  })();
  return {
    begun: new Promise((resolve) => setTimeout(resolve, 100)),
    stop: async () => {
      isOver = true;
      stopping.abort();
      await run;
    },
  };
}
