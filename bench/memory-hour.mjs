import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startTelegramSandbox } from "./built/sandbox/telegram/index.cjs";
import { accounts, startCompany } from "./company.mjs";
import { findGrowth } from "./heap-growth.mjs";
import { realTime } from "./memory.mjs";
import { toConfigText } from "./our-daemon.mjs";
import { end, readStatus, spawnDaemon } from "./processes.mjs";
import { percentile } from "./statistics.mjs";

export const memoryHourSettings = { repositories: 20, minutes: 60, share: 0.25, snapshotAt: 10 };
const minute = 60_000;

/**
 * Whether the memory of the real `gitnotify start` levels off: two daemons poll the same repositories every ten seconds for an hour, and
 * things happen meanwhile. One is only measured; of the other two snapshots of the heap are taken, which costs memory of its own, and
 * compared. `--trace-gc` prints what each collection leaves over and changes nothing. Linux alone: it reads /proc.
 */
export async function measureMemoryHour({ settings = memoryHourSettings, note = () => {} } = {}) {
  if (process.platform !== "linux") return null;
  const clock = realTime();
  const company = await startCompany({ repositories: settings.repositories, seed: 1, clock });
  const daemons = [
    await startOne(company, accounts.each, []),
    await startOne(company, accounts.adaptive, ["--heapsnapshot-signal=SIGUSR2"]),
  ];
  try {
    return await watch({ company, daemons, clock, settings, note });
  } finally {
    for (const daemon of daemons) await daemon.close();
    await company.github.close();
  }
}

async function startOne(company, account, nodeOptions) {
  const telegram = await startTelegramSandbox();
  telegram.addUser({ id: 4242, firstName: "Mia" });
  telegram.privateChat(4242);
  const home = mkdtempSync(join(tmpdir(), "gitnotify-bench-"));
  const kinds = ["inbox", "pipelines", "mergeRequests", "repository", "wiki"];
  const configText = toConfigText({
    ...{ github: company.github, telegramUrl: telegram.url },
    repositories: company.repositories.map((repository) => repository.name),
    polling: { ...Object.fromEntries(kinds.map((kind) => [kind, "*/10 * * * * *"])), adaptive: false },
  });
  writeFileSync(join(home, "config.yaml"), configText, { mode: 0o600 });
  const child = spawnDaemon({
    home,
    nodeOptions: ["--trace-gc", ...nodeOptions],
    stdio: ["ignore", "pipe", "inherit"],
    secrets: {
      GITNOTIFY_SECRET_TELEGRAM: telegram.token,
      GITNOTIFY_SECRET_CONNECTION_GITHUB: account.token,
    },
  });
  const close = async () => {
    await end(child);
    await telegram.close();
    rmSync(home, { recursive: true, force: true });
  };
  return { child, home, telegram, takeHeap: readCollections(child.stdout), close };
}

/** Megabytes that the full collections since the last call left over: the least of them, NaN where there was none. */
function readCollections(stream) {
  let left = [];
  let rest = "";
  stream.setEncoding("utf8").on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const found = /Mark-Compact.* -> ([\d.]+) \(/.exec(line);
      if (found !== null) left.push(Number(found[1]));
    }
  });
  return () => {
    const least = left.length === 0 ? NaN : Math.min(...left);
    left = [];
    return least;
  };
}

async function watch({ company, daemons, clock, settings, note }) {
  const [plain, looked] = daemons;
  const samples = [];
  const { ledger } = company.github.server;
  let requests = 0;
  const begunAt = Date.now();
  for (let passed = 1; passed <= settings.minutes; passed += 1) {
    await live(company, { clock, settings, until: begunAt + passed * minute });
    for (const { child } of daemons) if (child.exitCode !== null) throw new Error("A daemon ended.");
    requests += ledger.entries.length;
    for (const one of [company.github.server, company.github.blobs, plain.telegram, looked.telegram])
      one.ledger.clear();
    samples.push({ minute: passed, ...readStatus(plain.child.pid), heap: plain.takeHeap() });
    note(`memory-hour: ${JSON.stringify(samples.at(-1))} ${requests} requests`);
    if (passed === settings.snapshotAt || passed === settings.minutes) await snapshot(looked);
  }
  const files = readdirSync(looked.home).filter((name) => name.endsWith(".heapsnapshot"));
  const [first, second] = files.map((name) => join(looked.home, name)).sort();
  const growth = findGrowth(first, second);
  for (const { name, bytes, objects, ways } of growth.groups)
    note(`memory-hour: ${name}: ${bytes} bytes, ${objects} objects, ${JSON.stringify(ways)}`);
  return { ...settings, requests, samples, ...summarizeHour(samples), growth };
}

/** Lets things happen for a minute, as `createChanges` plans them. */
async function live({ changes }, { clock, settings, until }) {
  changes.plan({ from: clock.now(), share: settings.share });
  while (Date.now() < until) {
    while (changes.nextAt(clock.now()) !== undefined) changes.takeNext();
    await wait(Math.min(500, Math.max(1, until - Date.now())));
  }
}

async function snapshot({ child, home }) {
  const before = readdirSync(home).length;
  child.kill("SIGUSR2");
  while (readdirSync(home).length === before) await wait(200);
  // The file is there before it is whole; the daemon does nothing else while it writes.
  await wait(10_000);
}

/** Growth by the hour in the second half, by least squares: what the start still takes is over then. */
function summarizeHour(samples) {
  const half = samples.slice(Math.floor(samples.length / 2));
  const quarter = (from, to) => {
    const part = samples.slice(Math.floor(samples.length * from), Math.floor(samples.length * to));
    return percentile(
      part.map((sample) => sample.VmRSS).sort((a, b) => a - b),
      0.5,
    );
  };
  return {
    residentBefore: quarter(0.25, 0.5),
    residentAfter: quarter(0.75, 1),
    residentAnHour: slope(half, "VmRSS") * 60,
    heapAnHour: slope(half, "heap") * 60,
    heapFirst: samples.find((sample) => !Number.isNaN(sample.heap))?.heap ?? NaN,
    heapLast: samples.findLast((sample) => !Number.isNaN(sample.heap))?.heap ?? NaN,
  };
}

function slope(samples, field) {
  const points = samples.filter((sample) => !Number.isNaN(sample[field]));
  const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point.minute)), mean(points.map((point) => point[field]))];
  const above = points.reduce((total, point) => total + (point.minute - x) * (point[field] - y), 0);
  const below = points.reduce((total, point) => total + (point.minute - x) ** 2, 0);
  return above / below;
}
