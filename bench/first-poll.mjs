import { spawn, spawnSync } from "node:child_process";
import Sqlite from "better-sqlite3";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startTelegramSandbox } from "./built/sandbox/telegram/index.cjs";
import { accounts, startCompany } from "./company.mjs";
import { createSimulatedClock, openDaemon, toConfigText } from "./our-daemon.mjs";
import { program } from "./start-up.mjs";
import { summarize } from "./statistics.mjs";

export const firstPollSettings = { repositories: 100, megabytes: 100, runs: 9 };
const patienceMs = 60_000;

/**
 * From the start of `gitnotify start` to its first request for news, in a home that watches so many repositories and has
 * so large a database, against a Node that does nothing. The servers are in this process.
 */
export async function measureFirstPoll({ settings = firstPollSettings, note = () => {} } = {}) {
  const company = await startCompany({ repositories: settings.repositories, seed: 1, clock: realTime() });
  const telegram = await startTelegramSandbox();
  telegram.addUser({ id: 4242, firstName: "Mia" });
  telegram.privateChat(4242);
  const home = mkdtempSync(join(tmpdir(), "gitnotify-bench-"));
  const repositories = company.repositories.map((repository) => repository.name);
  const configText = toConfigText({ github: company.github, repositories, telegramUrl: telegram.url });
  writeFileSync(join(home, "config.yaml"), configText, { mode: 0o600 });
  try {
    note("first-poll: polling everything once, and filling the database");
    await makePast({ home, configText, megabytes: settings.megabytes });
    const times = { ours: [], "node -e 0": [] };
    for (let run = -1; run < settings.runs; run += 1) {
      const bare = timeOfBareNode();
      makeDue(home);
      const own = await timeOfStart({ home, telegram, ledger: company.github.server.ledger });
      if (run >= 0) times.ours.push(own);
      if (run >= 0) times["node -e 0"].push(bare);
      note(`first-poll: run ${run + 1}, ${Math.round(own)} ms against ${Math.round(bare)} ms`);
    }
    const [ours, bare] = [summarize(times.ours), summarize(times["node -e 0"])];
    const megabytes = statSync(join(home, "gitnotify.db")).size / 1_000_000;
    const ratio = { min: ours.min / bare.min, median: ours.median / bare.median };
    return { repositories: settings.repositories, megabytes, runs: ours.count, ms: ours, bare, ratio };
  } finally {
    await Promise.all([company.github.close(), telegram.close()]);
    rmSync(home, { recursive: true, force: true });
  }
}

/** The company's past is built with a clock that is moved, and then time is the real one. */
function realTime() {
  const past = createSimulatedClock(Date.now() - 8.5 * 86_400_000);
  return { ...past, now: () => (past.now() > Date.now() - 43_200_000 - 60_000 ? Date.now() : past.now()) };
}

/** What a home looks like that was at work for months: everything polled, and a long history of events. */
async function makePast({ home, configText, megabytes }) {
  const clock = { now: () => Date.now(), sleep: async () => {} };
  const daemon = await openDaemon({ home, configText, clock, token: accounts.each.token });
  await daemon.plan();
  await daemon.poll({ all: true });
  const { raw } = daemon;
  const event = JSON.stringify({ text: "Something that happened yesterday. ".repeat(30) });
  const insert = raw.prepare(
    `insert into events (key, kind, connection_id, project_id, subject, seen_at, event)
     values (?, 'pipeline.failed', 'github', '1', '{}', ?, ?)`,
  );
  const pageSize = Number(raw.pragma("page_size", { simple: true }));
  const isFull = () => Number(raw.pragma("page_count", { simple: true })) * pageSize >= megabytes * 1_000_000;
  for (let copy = 0; !isFull(); copy += 1) {
    raw.transaction(() => {
      for (let index = 0; index < 1000; index += 1)
        insert.run(`past/${copy}/${index}`, Date.now() - 86_400_000, event);
    })();
  }
  await daemon.close();
}

/** As after a night in which the machine was off. */
function makeDue(home) {
  const raw = new Sqlite(join(home, "gitnotify.db"));
  raw.exec("update sources set due_at = 0");
  raw.close();
}

/** In the environment of the daemon: NODE_EXTRA_CA_CERTS, where it is set, makes any Node take 60 ms longer. */
function timeOfBareNode() {
  const began = performance.now();
  spawnSync(process.execPath, ["-e", "0"], { env: { PATH: process.env.PATH } });
  return performance.now() - began;
}

async function timeOfStart({ home, telegram, ledger }) {
  ledger.clear();
  const began = performance.now();
  const daemon = spawn(process.execPath, [program, "--home", home, "start"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      PATH: process.env.PATH,
      GITNOTIFY_SECRET_TELEGRAM: telegram.token,
      GITNOTIFY_SECRET_CONNECTION_GITHUB: accounts.each.token,
    },
  });
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  try {
    while (!ledger.entries.some(isPoll)) {
      if (daemon.exitCode !== null) throw new Error(`The daemon ended with ${daemon.exitCode}.`);
      if (performance.now() - began > patienceMs) throw new Error("The daemon did not poll in time.");
      await wait(1);
    }
    return performance.now() - began;
  } finally {
    daemon.kill("SIGTERM");
    await ended;
  }
}

/** A request for news, and not one of those that find out who we are. */
function isPoll({ exchange }) {
  return /\/(notifications|pulls|actions\/runs|branches)/.test(exchange.path);
}
