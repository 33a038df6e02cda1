import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startTelegramSandbox } from "./built/sandbox/telegram/index.cjs";
import { accounts, startCompany } from "./company.mjs";
import { realTime } from "./memory.mjs";
import { toConfigText } from "./our-daemon.mjs";
import { end, spawnDaemon } from "./processes.mjs";
import { findHeaviest } from "./cpu-profile.mjs";

export const cpuSettings = { repositories: 20, warmUpSeconds: 90, minutes: 4, eventsAMinute: 20 };
const counter = fileURLToPath(new URL("count-timers.cjs", import.meta.url));

/**
 * Processor time of the real `gitnotify start` as shipped, one where nothing happens and one where things happen, each against a Node that
 * sets as many timers in the same minutes. A third daemon, where nothing happens either, is profiled. Linux alone: it reads /proc.
 */
export async function measureCpu({ settings = cpuSettings, note = () => {} } = {}) {
  if (process.platform !== "linux") return null;
  const clock = realTime();
  const [still, lively] = [await toCompany(settings, clock), await toCompany(settings, clock)];
  const quiet = await startOne(still, accounts.each, ["--require", counter]);
  const busy = await startOne(lively, accounts.each, ["--require", counter]);
  const profiled = await startOne(still, accounts.adaptive, ["--cpu-prof", "--cpu-prof-name=cpu.cpuprofile"]);
  const bare = [];
  try {
    return await watch({ still, lively, quiet, busy, profiled, bare, clock, settings, note });
  } finally {
    for (const one of [...bare, quiet, busy, profiled]) await one.close();
    for (const { github } of [still, lively]) await github.close();
  }
}

function toCompany({ repositories }, clock) {
  return startCompany({ repositories, seed: 1, clock });
}

async function startOne(company, account, nodeOptions) {
  const telegram = await startTelegramSandbox();
  telegram.addUser({ id: 4242, firstName: "Mia" });
  telegram.privateChat(4242);
  const home = mkdtempSync(join(tmpdir(), "gitnotify-bench-"));
  const repositories = company.repositories.map((repository) => repository.name);
  const configText = toConfigText({ github: company.github, repositories, telegramUrl: telegram.url });
  writeFileSync(join(home, "config.yaml"), configText, { mode: 0o600 });
  const child = spawnDaemon({
    home,
    nodeOptions,
    secrets: {
      GITNOTIFY_SECRET_TELEGRAM: telegram.token,
      GITNOTIFY_SECRET_CONNECTION_GITHUB: account.token,
      SPENT: join(home, "spent"),
    },
  });
  const close = async () => {
    await end(child);
    await telegram.close();
    rmSync(home, { recursive: true, force: true });
  };
  return { child, home, telegram, close };
}

/** Both are warm and their timers known before the minutes that count begin. */
async function watch({ still, lively, quiet, busy, profiled, bare, clock, settings, note }) {
  const { warmUpSeconds, minutes, eventsAMinute } = settings;
  const share = eventsAMinute / settings.repositories;
  const live = (seconds) => letLive({ still, lively, share, clock, seconds });
  await live(warmUpSeconds / 2);
  const cold = [await readSpent(quiet), await readSpent(busy)];
  await live(warmUpSeconds / 2);
  for (const [index, daemon] of [quiet, busy].entries()) {
    const { timers } = await readSpent(daemon);
    bare.push(startBare((timers - cold[index].timers) / (warmUpSeconds / 2)));
  }
  await wait(2000);
  const measured = [quiet, busy, ...bare];
  const before = await Promise.all(measured.map(readSpent));
  const answered = await live(minutes * 60);
  const after = await Promise.all(measured.map(readSpent));
  const [ofQuiet, ofBusy, ...ofBare] = after.map(({ timers, cpuMs }, index) => {
    return { timers: timers - before[index].timers, cpuMs: cpuMs - before[index].cpuMs };
  });
  await end(profiled.child);
  const result = {
    ...settings,
    quiet: { ...ofQuiet, bare: ofBare[0], requests: answered.still },
    busy: { ...ofBusy, bare: ofBare[1], requests: answered.lively },
    happened: answered.happened,
    sent: busy.telegram.chat(4242).length,
    heaviest: findHeaviest(join(profiled.home, "cpu.cpuprofile"), warmUpSeconds),
  };
  note(`cpu: ${JSON.stringify(result)}`);
  return result;
}

async function readSpent({ child, home }) {
  const file = join(home, "spent");
  rmSync(file, { force: true });
  child.kill("SIGUSR2");
  while (!existsSync(file)) await wait(20);
  await wait(100);
  return JSON.parse(readFileSync(file, "utf8"));
}

async function letLive({ still, lively, share, clock, seconds }) {
  const until = Date.now() + seconds * 1000;
  const answered = { still: 0, lively: 0, happened: 0 };
  let nextPlan = 0;
  while (Date.now() < until) {
    if (Date.now() >= nextPlan) {
      lively.changes.plan({ from: clock.now(), share });
      nextPlan = Date.now() + 60_000;
    }
    while (lively.changes.nextAt(clock.now()) !== undefined) {
      lively.changes.takeNext();
      answered.happened += 1;
    }
    await wait(Math.min(500, Math.max(1, until - Date.now())));
    for (const [name, { github }] of [
      ["still", still],
      ["lively", lively],
    ]) {
      answered[name] += github.server.ledger.entries.length + github.blobs.ledger.entries.length;
      for (const { ledger } of [github.server, github.blobs]) ledger.clear();
    }
  }
  return answered;
}

/** A Node that only sets so many timers a second, one after the other. */
function startBare(perSecond) {
  const home = mkdtempSync(join(tmpdir(), "gitnotify-bench-"));
  const pauseMs = Math.max(1, Math.round(1000 / Math.max(perSecond, 0.1)));
  const text = `const tick = () => setTimeout(tick, ${pauseMs}); tick();`;
  const child = spawn(process.execPath, ["--require", counter, "-e", text], {
    stdio: "ignore",
    env: { PATH: process.env.PATH, SPENT: join(home, "spent") },
  });
  const close = async () => {
    await end(child);
    rmSync(home, { recursive: true, force: true });
  };
  return { child, home, close };
}
