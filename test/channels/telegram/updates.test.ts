import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Incoming } from "../../../src/channels/telegram/message.js";
import {
  createUpdateLoop,
  type UpdateLoopOptions,
  type UpdateStore,
} from "../../../src/channels/telegram/updates.js";
import { startTelegramSandbox, type TelegramSandbox } from "../../../src/sandbox/telegram/index.js";
import { openDatabase, type OpenDatabase } from "../../../src/store/database.js";
import { isBusy } from "../../../src/store/faults.js";
import {
  countTry,
  finishUpdate,
  nextOffset,
  pendingUpdates,
  saveUpdates,
} from "../../../src/store/updates.js";
import { checkTelegramExchanges, hasTelegramDescription } from "../../support/telegram-description.js";
import { apiFor, createListLog, createQuickClock } from "./telegram-world.js";

const ann = 11;
const bob = 12;
let sandbox: TelegramSandbox;
let opened: OpenDatabase;
let store: UpdateStore;
let folder: string;
let clock: ReturnType<typeof createQuickClock>;
let log: ReturnType<typeof createListLog>;
let running: Array<() => Promise<void>>;

beforeEach(async () => {
  sandbox = await startTelegramSandbox();
  sandbox.addUser({ id: ann, firstName: "Ann" });
  sandbox.addUser({ id: bob, firstName: "Bob" });
  folder = await mkdtemp(join(tmpdir(), "updates-"));
  opened = await openDatabase(join(folder, "test.db"));
  const { db } = opened;
  clock = createQuickClock();
  log = createListLog();
  running = [];
  store = {
    offset: () => nextOffset(db),
    save: (updates) => saveUpdates(db, updates, clock.now()),
    pending: () => pendingUpdates(db),
    countTry: (updateId) => countTry(db, updateId),
    done: (updateId, note) => finishUpdate(db, updateId, note),
  };
});

afterEach(async () => {
  for (const stop of running) await stop();
  await sandbox.close();
  await opened.close();
  await rm(folder, { recursive: true });
});

function start(
  handle: UpdateLoopOptions["handle"],
  more: Partial<UpdateLoopOptions> = {},
): () => Promise<void> {
  const controller = new AbortController();
  const options = { api: apiFor(sandbox, clock), store, handle, clock, log, ...more };
  const ended = createUpdateLoop(options).run(controller.signal);
  const stop = () => {
    controller.abort(new Error("stopping"));
    return ended;
  };
  running.push(stop);
  return stop;
}

/** Handles by writing down who said what. */
function listen(more: Partial<UpdateLoopOptions> = {}) {
  const heard: string[] = [];
  const stop = start(async (incoming) => void heard.push(textOf(incoming)), more);
  return { heard, stop };
}

const textOf = (incoming: Incoming) =>
  incoming.type === "message"
    ? incoming.text
    : incoming.type === "press"
      ? incoming.data
      : `can write: ${incoming.canWrite}`;

const say = (text: string, userId = ann) => sandbox.say({ userId, chatId: userId, text });

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let count = 0; count < 500; count += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`it never came; log: ${log.lines.join("\n")}`);
}

const rows = () =>
  opened.db
    .selectFrom("updates")
    .select(["update_id", "state", "tries", "note"])
    .orderBy("update_id")
    .execute();

describe("the update loop", () => {
  it("hears messages, presses and membership in their order, and stores each before it is handled", async () => {
    const seen: string[] = [];
    start(async (incoming) => {
      const stored = (await rows()).find((row) => row.update_id === incoming.updateId);
      seen.push(`${textOf(incoming)} ${stored?.state} ${stored?.tries}`);
    });
    say("one");
    say("two");
    sandbox.block(ann);
    await until(() => seen.length === 3);
    expect(seen).toEqual(["one pending 1", "two pending 1", "can write: false pending 1"]);
    await until(async () => (await rows()).every((row) => row.state === "done"));
    expect(sandbox.ledger.entries[0]?.exchange.path).toMatch(/deleteWebhook$/);
  });

  it("rests between answers without news of a server that knows no long polls, longer each time, and not after news", async () => {
    await sandbox.close();
    sandbox = await startTelegramSandbox({ longPolls: false });
    sandbox.addUser({ id: ann, firstName: "Ann" });
    const { heard } = listen();
    await until(() => clock.slept.length >= 5);
    expect(clock.slept.slice(0, 5)).toEqual([1000, 2000, 4000, 5000, 5000]);
    const asked = sandbox.ledger.entries.filter(({ exchange }) => exchange.path.endsWith("getUpdates"));
    expect(asked.length).toBeLessThanOrEqual(clock.slept.length + 1);
    say("one");
    await until(() => heard.length === 1);
    const before = clock.slept.length;
    await until(() => clock.slept.length > before + 1);
    expect(clock.slept.slice(before - 1)).toContain(1000);
  });

  it("rests as well where a server repeats what was confirmed", async () => {
    const api = apiFor(sandbox, clock);
    let asked = 0;
    const getUpdates = async () => {
      asked += 1;
      return [{ updateId: 5, payload: { update_id: 5 } }];
    };
    listen({ api: { ...api, getUpdates } });
    await until(() => clock.slept.length >= 4);
    expect(clock.slept.slice(0, 4)).toEqual([1000, 2000, 4000, 5000]);
    expect(asked).toBeLessThanOrEqual(clock.slept.length + 2);
  });

  it("confirms on the way out, so that a restart hears nothing twice", async () => {
    const first = listen();
    say("one");
    await until(() => first.heard.length === 1);
    await first.stop();
    expect(sandbox.queue.waiting()).toEqual([]);
    const second = listen();
    say("two");
    await until(() => second.heard.length > 0);
    expect([first.heard, second.heard]).toEqual([["one"], ["two"]]);
  });

  it("handles once what Telegram repeats while it is being handled", async () => {
    const inner = apiFor(sandbox, clock);
    let calls = 0;
    let repeated: Awaited<ReturnType<typeof inner.getUpdates>> = [];
    const api: UpdateLoopOptions["api"] = {
      deleteWebhook: (signal) => inner.deleteWebhook(signal),
      getUpdates: async (request, signal) => {
        calls += 1;
        if (repeated.length > 0) return repeated.splice(0);
        const found = await inner.getUpdates(request, signal);
        repeated = [...found];
        return found;
      },
    };
    say("one");
    const heard: string[] = [];
    start(
      async (incoming) => {
        heard.push(textOf(incoming));
        await until(() => calls >= 3);
      },
      { api },
    );
    await until(async () => (await rows())[0]?.state === "done");
    say("two");
    await until(() => heard.includes("two"));
    expect(heard).toEqual(["one", "two"]);
  });

  it("handles once what Telegram sends again because the confirmation was lost", async () => {
    const { heard } = listen();
    say("one");
    await until(() => heard.length === 1);
    await opened.db.updateTable("meta").set({ value: "0" }).where("key", "=", "telegram.offset").execute();
    say("two");
    await until(() => heard.length >= 2);
    expect(heard).toEqual(["one", "two"]);
  });

  it("goes on with what a crash left, before anything new", async () => {
    say("left over");
    const [update] = sandbox.queue.waiting();
    await store.save([{ updateId: update!.update_id, payload: JSON.stringify(update) }]);
    say("new");
    const { heard } = listen();
    await until(() => heard.length === 2);
    expect(heard).toEqual(["left over", "new"]);
  });

  it("leaves an update that is interrupted by the stop for the next start", async () => {
    let began = false;
    const stop = start(async (_, signal) => {
      began = true;
      await new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(new Error("aborted"))),
      );
    });
    say("slow");
    await until(() => began);
    await stop();
    expect(await rows()).toMatchObject([{ state: "pending", tries: 1 }]);
    expect(log.lines.filter((line) => !line.startsWith("info"))).toEqual([]);
    const { heard } = listen();
    await until(() => heard.length === 1);
  });

  it("gives a poison update up after three tries and goes on", async () => {
    const tried: string[] = [];
    start(async (incoming) => {
      tried.push(textOf(incoming));
      if (textOf(incoming) === "poison") throw new Error("a bug");
    });
    say("poison");
    say("fine");
    await until(() => tried.includes("fine"));
    expect(tried).toEqual(["poison", "poison", "poison", "fine"]);
    await until(async () => (await rows())[1]?.state === "done");
    expect(await rows()).toMatchObject([{ state: "dead", note: "given up: a bug" }, { state: "done" }]);
    expect(log.lines.some((line) => line.startsWith("error An update is given up"))).toBe(true);
  });

  it("gives up an update that took the daemon down three times, without trying it a fourth", async () => {
    say("killer");
    const [update] = sandbox.queue.waiting();
    const updateId = update!.update_id;
    await store.save([{ updateId, payload: JSON.stringify(update) }]);
    for (let count = 0; count < 3; count += 1) await store.countTry(updateId);
    const { heard } = listen();
    say("fine");
    await until(() => heard.length === 1);
    expect(heard).toEqual(["fine"]);
    expect((await rows())[0]).toMatchObject({ state: "dead" });
  });

  it("handles an update once and soon when another program held the store, instead of at the next start", async () => {
    let busy = 0;
    const trouble = async () => {
      busy += 1;
      if (busy < 6) throw new Error("database is locked");
    };
    const held: UpdateStore = {
      ...store,
      countTry: async (updateId) => (await trouble(), store.countTry(updateId)),
      done: async (updateId, note) => {
        if (busy === 6) {
          busy += 1;
          throw new Error("database is locked");
        }
        return store.done(updateId, note);
      },
    };
    const { heard } = listen({ store: held });
    say("approve");
    await until(async () => (await rows())[0]?.state === "done");
    expect(heard).toEqual(["approve"]);
    expect(busy).toBe(7);
  });

  it("waits with an update while another program holds the database, as often as it takes, and not for ever", async () => {
    const locked = Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
    let tried = 0;
    let heldFor = 12;
    const told: string[] = [];
    start(
      async () => {
        tried += 1;
        if (tried <= heldFor) throw locked;
      },
      { isPassing: isBusy, giveUp: async (incoming, why) => void told.push(`${textOf(incoming)}: ${why}`) },
    );
    say("approve");
    await until(async () => (await rows())[0]?.state === "done");
    expect(tried).toBe(13);
    expect(told).toEqual([]);
    heldFor = Infinity;
    const before = clock.now();
    say("merge");
    await until(async () => (await rows())[1]?.state === "dead");
    expect(told).toEqual(["merge: held_up"]);
    expect(clock.now() - before).toBeGreaterThan(10 * 60_000);
    // Not three times as long: nobody expects it any more after that.
    expect(clock.now() - before).toBeLessThan(12 * 60_000);
  });

  it("tells whoever sent an update that it gives up", async () => {
    const told: string[] = [];
    start(() => Promise.reject(new Error("a bug")), {
      giveUp: async (incoming, why) => void told.push(`${textOf(incoming)}: ${why}`),
    });
    say("poison");
    await until(async () => (await rows())[0]?.state === "dead");
    expect(told).toEqual(["poison: failed"]);
  });

  it("puts an update of unknown shape aside, and never stops at it", async () => {
    sandbox.queue.push("message", { message_id: "not a number" });
    say("fine");
    const { heard } = listen();
    await until(() => heard.length === 1);
    await until(async () => (await rows())[0]?.state === "dead");
    expect((await rows())[0]?.note).toMatch(/^unknown shape/);
  });

  it("lets a slow chat hold up no other, and keeps each chat's order", async () => {
    const heard: string[] = [];
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    start(async (incoming) => {
      if (textOf(incoming) === "slow") await gate;
      heard.push(textOf(incoming));
    });
    say("slow");
    say("after slow");
    say("quick", bob);
    await until(() => heard.length === 1);
    say("quick too", bob);
    await until(() => heard.length === 2);
    release();
    await until(() => heard.length === 4);
    expect(heard).toEqual(["quick", "quick too", "slow", "after slow"]);
  });

  it("tells once that another process polls, comes back once and then waits at least 30 seconds each time, and recovers", async () => {
    const troubles: Array<string | null> = [];
    const body = {
      ok: false,
      error_code: 409,
      description: "Conflict: terminated by other getUpdates request",
    };
    sandbox.faults.add(/getUpdates/, { kind: "status", status: 409, body }, 4);
    const { heard } = listen({ onTrouble: (trouble) => troubles.push(trouble?.what ?? null) });
    say("hi");
    await until(() => heard.length === 1);
    expect(troubles).toEqual(["other_poller"]);
    const waited = clock.slept.length;
    sandbox.faults.add(/getUpdates/, { kind: "status", status: 409, body });
    say("between two conflicts");
    say("after the second");
    await until(() => heard.length === 3 && clock.slept.length > waited);
    expect(troubles).toEqual(["other_poller"]);
    await clock.sleep(300_000);
    say("later");
    await until(() => troubles.length === 2);
    expect(troubles).toEqual(["other_poller", null]);
    expect(clock.slept[0], "within the two seconds for which init looks").toBe(1_000);
    expect(clock.slept.slice(1, 4).every((ms) => ms >= 30_000)).toBe(true);
  });

  it("removes a webhook, also one that is set while it runs", async () => {
    sandbox.setWebhook("https://bot.example/a");
    const { heard } = listen({ timeoutS: 1 });
    say("one");
    await until(() => heard.length === 1);
    sandbox.setWebhook("https://bot.example/b");
    say("two");
    // The long poll under way may still bring it; the conflict comes with the next one.
    const waits = () => clock.slept.filter((ms) => ms >= 30_000).length;
    await until(() => heard.length === 2 && waits() > 0);
    expect(waits()).toBe(1);
  });

  it("retries slowly and says so when the token is refused", async () => {
    const troubles: Array<string | null> = [];
    start(async () => {}, {
      api: apiFor(sandbox, clock, "123456:another"),
      onTrouble: (trouble) => troubles.push(trouble?.what ?? null),
    });
    await until(() => clock.slept.length >= 3);
    expect(Math.min(...clock.slept)).toBe(120_000);
    expect(troubles).toEqual(["unauthorized"]);
  });

  it("waits out an outage, twice as long each time up to a minute, and obeys retry_after", async () => {
    const troubles: Array<string | null> = [];
    sandbox.faults.add(/getUpdates/, { kind: "status", status: 502, body: "<html>" }, 8);
    const { heard } = listen({ onTrouble: (trouble) => troubles.push(trouble?.what ?? null) });
    say("one");
    await until(() => heard.length === 1);
    expect(clock.slept.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000));
    expect(troubles).toEqual(["unreachable", null]);
    const body = {
      ok: false,
      error_code: 429,
      description: "Too Many Requests: retry after 600",
      parameters: { retry_after: 600 },
    };
    sandbox.faults.add(/getUpdates/, { kind: "status", status: 429, body });
    clock.slept.length = 0;
    say("two");
    say("three");
    // A long poll under way may still bring both before the refusal comes: wait for each.
    await until(() => heard.length === 3 && clock.slept.length > 0);
    expect(clock.slept).toEqual([600_000]);
  });

  it("never confirms what could not be stored", async () => {
    const broken = { ...store, save: async () => Promise.reject(new Error("disk full")) };
    const stop = start(async () => {}, { store: broken });
    say("precious");
    await until(() => log.lines.some((line) => line.includes("could not be stored")));
    await stop();
    expect(sandbox.queue.waiting().length).toBe(1);
  });

  it.skipIf(!hasTelegramDescription)(
    "asks as the official description says (skipped where it is absent)",
    async () => {
      const { heard, stop } = listen();
      say("one");
      await until(() => heard.length === 1);
      await stop();
      expect(checkTelegramExchanges(sandbox.ledger.entries)).toEqual([]);
    },
  );
});
