import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startTelegramSandbox } from "./built/sandbox/telegram/index.cjs";
import { accounts, startCompany } from "./company.mjs";
import { createSimulatedClock, toConfigText } from "./our-daemon.mjs";
import { end, readCpuMs, readStatus, spawnDaemon } from "./processes.mjs";
import { summarize } from "./statistics.mjs";

export const memorySettings = { repositories: 100, rounds: 4, idleSeconds: 20, patienceSeconds: 420 };
const sourcesEach = 4;

/**
 * Resident memory of the real `gitnotify start` in a process of its own, after it polled a hundred repositories, against a
 * Node that waits. The servers are in this process. Linux alone: it reads /proc.
 */
export async function measureMemory({ settings = memorySettings, note = () => {} } = {}) {
  if (process.platform !== "linux") return null;
  const company = await startCompany({ repositories: settings.repositories, seed: 1, clock: realTime() });
  const telegram = await startTelegramSandbox();
  telegram.addUser({ id: 4242, firstName: "Mia" });
  telegram.privateChat(4242);
  const home = mkdtempSync(join(tmpdir(), "gitnotify-bench-"));
  const repositories = company.repositories.map((repository) => repository.name);
  const { configText, untilIdle } = planPolling({ company, telegram, repositories });
  writeFileSync(join(home, "config.yaml"), configText, { mode: 0o600 });
  const bare = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e9)"], { stdio: "ignore" });
  const daemon = spawnDaemon({ home, secrets: toSecrets(telegram.token) });
  try {
    return await watch({ company, bare, daemon, settings, note, untilIdle });
  } finally {
    for (const child of [daemon, bare]) await end(child);
    await Promise.all([company.github.close(), telegram.close()]);
    rmSync(home, { recursive: true, force: true });
  }
}

/** The company's past is built with a clock that is moved, and then time is the real one. */
export function realTime() {
  const past = createSimulatedClock(Date.now() - 8.5 * 86_400_000);
  return { ...past, now: () => (past.now() > Date.now() - 43_200_000 - 60_000 ? Date.now() : past.now()) };
}

/** Polls every twenty seconds during the minutes that come, and then no more within the hour: idle by its own schedule. */
function planPolling({ company, telegram, repositories }) {
  const now = new Date();
  const minutes = Array.from({ length: 6 }, (_, index) => (now.getUTCMinutes() + index) % 60);
  const expression = `*/20 ${minutes.join(",")} * * * *`;
  const kinds = ["inbox", "pipelines", "mergeRequests", "repository", "wiki"];
  const polling = { ...Object.fromEntries(kinds.map((kind) => [kind, expression])), adaptive: false };
  const configText = toConfigText({
    github: company.github,
    repositories,
    telegramUrl: telegram.url,
    polling,
  });
  const untilIdle = () => {
    const passed = (new Date().getUTCMinutes() - now.getUTCMinutes() + 60) % 60;
    return passed >= minutes.length;
  };
  return { configText, untilIdle };
}

function toSecrets(telegramToken) {
  return {
    GITNOTIFY_SECRET_TELEGRAM: telegramToken,
    GITNOTIFY_SECRET_CONNECTION_GITHUB: accounts.each.token,
  };
}

async function watch({ company, bare, daemon, settings, note, untilIdle }) {
  const { ledger } = company.github.server;
  const deadline = Date.now() + settings.patienceSeconds * 1000;
  let requests = 0;
  const peak = [];
  const isDone = () => untilIdle() && requests >= settings.rounds * sourcesEach * settings.repositories;
  while (!isDone()) {
    if (Date.now() > deadline) throw new Error(`The daemon made only ${requests} requests in time.`);
    if (daemon.exitCode !== null) throw new Error(`The daemon ended with ${daemon.exitCode}.`);
    await wait(1000);
    requests += ledger.entries.length;
    ledger.clear();
    peak.push(readStatus(daemon.pid).VmRSS);
    if (peak.length % 20 === 0) note(`memory: ${requests} requests answered`);
  }
  await wait(5000);
  ledger.clear();
  const cpuBefore = readCpuMs(daemon.pid);
  const samples = { daemon: [], bare: [] };
  for (let second = 0; second < settings.idleSeconds; second += 1) {
    samples.daemon.push(readStatus(daemon.pid).VmRSS);
    samples.bare.push(readStatus(bare.pid).VmRSS);
    await wait(1000);
  }
  const idleRequests = ledger.entries.length;
  const cpuShare = (readCpuMs(daemon.pid) - cpuBefore) / (settings.idleSeconds * 1000);
  const [own, plain] = [summarize(samples.daemon), summarize(samples.bare)];
  return {
    ...{ repositories: settings.repositories, requests, idleRequests, cpuShare },
    ...{
      daemonMb: own,
      bareMb: plain,
      peakMb: Math.max(...peak),
      anonymousMb: readStatus(daemon.pid).RssAnon,
    },
    ratio: own.min / plain.min,
  };
}
