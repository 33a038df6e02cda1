import type { ToldFailure } from "../../../src/domain/failure.js";
import { describe, expect, it } from "vitest";
import { status } from "../../../src/bot/commands/status.js";
import type { CommandContext } from "../../../src/bot/command.js";
import { createTranslator, type Language, languages } from "../../../src/i18n/index.js";
import { stopped, type StatusReport } from "../../../src/operations/status-report.js";
import { plain } from "../../support/fake-channel.js";
import { createBotWorld } from "../bot-world.js";

const minute = 60_000;

function aReport(now: number): StatusReport {
  const identity = { account: "mia", expiresAt: null, lacks: [] };
  const well = { quota: null, throttledUntil: null, paused: null, down: null, sources: 2, failing: 0 };
  return {
    daemon: { ...stopped, running: true, version: "0.1.0", startedAt: now - 180 * minute, rssBytes: 78e6 },
    owner: "Mia",
    connections: [
      {
        ...{ id: "github", ...identity, ...well, lastSuccessAt: now - 12_000, nextPollAt: now + 8_000 },
        quota: { remaining: 4812, limit: 5000, resetAt: "2026-11-02T10:00:00Z" },
      },
      {
        ...{ id: "work", ...identity, ...well, lastSuccessAt: null, nextPollAt: null },
        paused: { since: now, ...why(refused) },
      },
      {
        id: "slow",
        ...identity,
        ...well,
        lastSuccessAt: now - 1_000,
        nextPollAt: now,
        throttledUntil: now + 5 * minute,
      },
    ],
    sources: {
      ...{ total: 10, waitingForFirstPoll: 0, paused: 0, gone: [] },
      failing: [
        {
          ...{ id: "x", name: "work:a/b wiki", since: now - 12 * minute, failures: 4 },
          ...{ error: ill.message, failure: ill },
        },
      ],
      slowest: [{ id: "y", name: "github inbox", lastPollMs: 2_345 }],
    },
    projects: 3,
    subscriptions: { declared: 1, stored: 1 },
    outbox: { owed: 2, inDoubt: 1, dead: 0, delivered: 12, oldestOwedAt: now - 5 * minute },
    ...{ shortfalls: [], clockAheadMs: null },
    parked: [{ destination: "telegram:-100:", since: now - 60 * minute, ...why(kicked) }],
  };
}

const server = { server: "GitLab (work)", status: 503 };
const refused: ToldFailure = { kind: "unauthorized", values: server, message: "The token is refused." };
const ill: ToldFailure = {
  ...{ kind: "unreachable", code: "server", values: server },
  message: "GitLab (work) answered 503.",
};
const kicked: ToldFailure = { kind: "gone", code: "chat", values: {}, message: "The bot was kicked." };

function why(failure: ToldFailure) {
  return { reason: failure.message, failure };
}

async function say(language: Language, change: (report: StatusReport) => void = () => {}): Promise<string[]> {
  const { operations } = await createBotWorld();
  const report = aReport(operations.clock.now());
  change(report);
  const context = { operations, translate: createTranslator(language), status: async () => report };
  const content = await status.run(context as unknown as CommandContext);
  return plain({ text: content?.text ?? [] } as Parameters<typeof plain>[0]).split("\n");
}

describe("/status", () => {
  it("says the same as the command line", async () => {
    expect(await say("en")).toEqual([
      "Status",
      "gitnotify 0.1.0, running for 3 h, 78 MB of memory",
      "github mia · answered 12 s ago · next check in 8 s · 4812 of 5000 requests left",
      "work paused: The token is refused.",
      "slow mia · answered 1 s ago · rate limited for another 5 min",
      "10 sources, 1 failing",
      "• work:a/b wiki (4 times, for 12 min): GitLab (work) answered 503.",
      "slowest: github inbox, 2.3 s",
      "12 messages delivered, 2 waiting, none failed, 1 unconfirmed, the oldest has waited 5 min",
      "• Chat telegram:-100: has been closed to the bot for 60 min: The bot was kicked.",
    ]);
  });

  it.each(languages)("has every word in %s, also of trouble with Telegram", async (language) => {
    const lines = await say(language, ({ daemon }) => {
      daemon.telegramTrouble = { what: "Another program polls.", since: daemon.startedAt ?? 0 };
    });
    expect(lines[2]).toContain("Another program polls.");
    expect(lines.join(" ")).not.toMatch(/bot\.|undefined|\{/);
  });
});
