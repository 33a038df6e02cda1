import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNaivePoller } from "./baselines/naive.mjs";
import { accounts, startCompany } from "./company.mjs";
import { countUntold, matchStored, readStoredEvents } from "./detection.mjs";
import { createSimulatedClock, openDaemon, toConfigText } from "./our-daemon.mjs";
import { addCounts, countQuota } from "./quota-count.mjs";
import { summarize, sum } from "./statistics.mjs";

const minute = 60_000;
/** A cron job begins a little after the full minute. */
const lateMs = 400;
/** How many days of how many repositories are played. A small company changes seldom, so that it needs more of them. */
export const quotaSettings = {
  minutes: 20,
  share: 0.03,
  days: [
    { size: 20, seeds: [1, 2, 3] },
    { size: 100, seeds: [1, 2] },
  ],
};

const modes = { each: "every source every minute", adaptive: "adaptive, as shipped" };

/** Quota and bytes of the daemon in both its ways against the naive poller: all three watch one company at one time. */
export async function measureQuota({ settings = quotaSettings, note = () => {} } = {}) {
  const rows = [];
  for (const { size, seeds } of settings.days) {
    const runs = [];
    for (const seed of seeds) {
      note(`quota: ${size} repositories, seed ${seed}`);
      runs.push(await playDay({ ...settings, size, seed }));
    }
    for (const way of Object.keys(modes)) {
      rows.push(
        toRow({ size, mode: modes[way], runs: runs.map(({ naive, ...run }) => ({ naive, ...run[way] })) }),
      );
    }
  }
  return rows;
}

async function playDay({ size, seed, minutes, share }) {
  const clock = createSimulatedClock();
  const company = await startCompany({ repositories: size, seed, clock });
  const repositories = company.repositories.map((repository) => repository.name);
  const configText = toConfigText({ github: company.github, repositories });
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-bench-"));
  const daemons = {};
  try {
    for (const way of Object.keys(modes)) {
      const home = join(folder, way);
      daemons[way] = await openDaemon({ home, configText, clock, token: accounts[way].token });
    }
    return await compareDay({ company, daemons, clock, repositories, minutes, share });
  } finally {
    for (const daemon of Object.values(daemons)) await daemon.close();
    await company.github.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareDay({ company, daemons, clock, repositories, minutes, share }) {
  const told = [];
  const naive = createNaivePoller({
    ...{ apiUrl: company.github.apiUrl, token: accounts.naive.token, repositories, now: clock.now },
    send: (item) => told.push(item),
  });
  const take = createCounter(company.github);
  clock.moveTo(clock.now() + minute);
  const cold = await startAll({ naive, daemons, take });
  const start = clock.now();
  const end = start + minutes * minute;
  const counts = [];
  // Six minutes more let runs end and late news arrive; they are not counted, and the naive poller needs but one of them.
  for (let at = start; at < end + 6 * minute; at += minute) {
    if (at < end) company.changes.plan({ from: at, share });
    await playMinute({ company, daemons, naive, clock, at, isOver: at > end });
    if (at < end) counts.push(take());
  }
  const { expected } = company.changes;
  const run = {
    naive: {
      ...perMinute(
        counts.map((count) => count.naive),
        minutes,
      ),
      cold: cold.naive,
    },
  };
  run.naive.untold = countUntold(expected, told);
  for (const way of Object.keys(modes)) {
    const seen = matchStored(expected, await readStoredEvents(daemons[way].db));
    run[way] = {
      ours: perMinute(
        counts.map((count) => count[way]),
        minutes,
      ),
      cold: cold[way],
      minutes,
      seen,
    };
  }
  return run;
}

/** The first poll of everything, which each does once: not part of the steady figures. */
async function startAll({ naive, daemons, take }) {
  await naive.round();
  for (const daemon of Object.values(daemons)) {
    await daemon.plan();
    await daemon.poll({ all: true });
  }
  return take();
}

/** The adaptive daemon looks each fifteen seconds at what is due; at the full minute all three ask, each first in turn. */
async function playMinute({ company, daemons, naive, clock, at, isOver }) {
  for (let quarter = 1; quarter <= 3; quarter += 1) {
    await passTime({ company, clock, until: at + (quarter * minute) / 4 });
    await daemons.adaptive.poll({ all: false });
  }
  await passTime({ company, clock, until: at + minute });
  const asks = [
    () => isOver || naive.round(),
    () => daemons.each.poll({ all: true }),
    () => daemons.adaptive.poll({ all: false }),
  ];
  const first = Math.round(at / minute) % asks.length;
  for (const ask of [...asks.slice(first), ...asks.slice(0, first)]) await ask();
}

/** People do what they do at their own instants, not when somebody polls. */
async function passTime({ company, clock, until }) {
  for (;;) {
    const next = company.changes.nextAt(until);
    if (next === undefined) break;
    clock.moveTo(next);
    company.changes.takeNext();
  }
  clock.moveTo(until + lateMs);
}

/** Answers what each account was charged since the last call. */
function createCounter({ server }) {
  return () => {
    const { entries } = server.ledger;
    server.ledger.clear();
    return Object.fromEntries(
      Object.entries(accounts).map(([name, { login }]) => [name, countQuota(entries, login)]),
    );
  };
}

function perMinute(counts, minutes) {
  const total = addCounts(counts);
  const divide = (count) =>
    Object.fromEntries(Object.entries(count).map(([name, value]) => [name, value / minutes]));
  const { operations, ...figures } = total;
  const each = Object.entries(operations).map(([name, count]) => [name, divide(count)]);
  return { ...divide(figures), operations: Object.fromEntries(each) };
}

function toRow({ size, mode, runs }) {
  const of = (pick) => summarize(runs.map(pick));
  const total = (pick) => sum(runs.map(pick));
  return {
    ...{ size, mode, seeds: runs.length, minutes: runs[0].minutes },
    quotaRatio: of((run) => run.naive.cost / run.ours.cost),
    bytesRatio: of((run) => run.naive.bytes / run.ours.bytes),
    naive: { cost: of((run) => run.naive.cost), bytes: of((run) => run.naive.bytes) },
    ours: {
      ...{ cost: of((run) => run.ours.cost), core: of((run) => run.ours.core) },
      ...{ graphql: of((run) => run.ours.graphql), bytes: of((run) => run.ours.bytes) },
      ...{ requests: of((run) => run.ours.requests), unchanged: of((run) => run.ours.unchanged) },
    },
    cold: { ours: of((run) => run.cold.cost), naive: of((run) => run.naive.cold.cost) },
    made: total((run) => run.seen.made),
    lost: total((run) => run.seen.lost.length),
    twice: total((run) => run.seen.twice.length),
    naiveUntold: total((run) => run.naive.untold),
    mishaps: runs.flatMap((run) => [...run.seen.lost, ...run.seen.twice]),
    delays: { p50: of((run) => run.seen.delays.p50), p95: of((run) => run.seen.delays.p95) },
    operations: mergeOperations(runs.map((run) => run.ours.operations)),
  };
}

function mergeOperations(all) {
  const merged = addCounts(all.map((operations) => ({ ...emptyOf(operations), operations }))).operations;
  return Object.entries(merged)
    .map(([operation, count]) => ({
      operation,
      requests: count.requests / all.length,
      unchanged: count.unchanged / all.length,
      cost: count.cost / all.length,
      bytes: count.bytes / all.length,
    }))
    .sort((a, b) => b.cost - a.cost);
}

function emptyOf(operations) {
  const [first = {}] = Object.values(operations);
  return Object.fromEntries(Object.keys(first).map((name) => [name, 0]));
}
