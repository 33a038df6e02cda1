import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { commitFacts } from "./built/polling/commit-facts.cjs";
import { compare } from "./built/polling/compare/index.cjs";
import { openDatabase } from "./built/store/database.cjs";
import { summarize } from "./statistics.mjs";

export const compareSettings = { items: 10_000, repetitions: 5 };

const account = { id: "2", login: "bob" };
const people = ["ann", "bob", "carol"].map((login, index) => ({ id: String(index + 1), login, bot: false }));

/** Comparing many facts with what was stored of them, and committing them, against the plainest way to do either. */
export async function measureCompare({ settings = compareSettings, note = () => {} } = {}) {
  const { items, repetitions } = settings;
  const before = makeFacts(items, 0);
  const changed = makeFacts(items, 1);
  const priors = before.map((facts) =>
    JSON.parse(JSON.stringify(compare(null, facts, context(facts)).snapshot)),
  );
  const speeds = { unchanged: [], changed: [], plain: [] };
  const commits = { ours: [], raw: [] };
  for (let run = 0; run < repetitions; run += 1) {
    note(`compare: round ${run + 1} of ${repetitions}`);
    speeds.plain.push(comparePlainly(before, changed));
    speeds.unchanged.push(compareAll(priors, before));
    speeds.plain.push(comparePlainly(before, changed));
    speeds.changed.push(compareAll(priors, changed));
    commits.raw.push(await inFreshDatabase((database) => commitRaw(database, { before, changed })));
    commits.ours.push(await inFreshDatabase((database) => commitOurs(database, { before, changed })));
  }
  return {
    items,
    repetitions,
    speeds: mapValues(speeds, summarize),
    commits: mapValues(commits, toCommitRow),
  };
}

/** Items a second. */
function compareAll(priors, now) {
  const began = performance.now();
  for (const [index, facts] of now.entries()) compare(priors[index], facts, context(facts));
  return now.length / ((performance.now() - began) / 1000);
}

/** The plainest way to see whether anything differs: both as text. It could not say what. */
function comparePlainly(before, now) {
  const began = performance.now();
  let differing = 0;
  for (const [index, facts] of now.entries()) {
    if (JSON.stringify(before[index]) !== JSON.stringify(facts)) differing += 1;
  }
  if (differing === 0) throw new Error("Nothing differs: the benchmark compares nothing.");
  return now.length / ((performance.now() - began) / 1000);
}

async function inFreshDatabase(measure) {
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-bench-"));
  const database = await openDatabase(join(folder, "bench.db"));
  try {
    return await measure(database);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first commit is the baseline; the second, in which everything changed, makes an event of each and is measured. */
async function commitOurs({ db, raw }, { before, changed }) {
  const commit = (facts, baseline) =>
    db.transaction().execute((transaction) =>
      commitFacts(transaction, {
        facts: facts.map((one) => ({ project, facts: one })),
        ...{ baseline, account, teams: [], subscriptions: [], now: Date.UTC(2026, 9, 1) },
      }),
    );
  await commit(before, true);
  const measured = await withStalls(() => commit(changed, false));
  const events = raw.prepare("select count(*) as n from events").get().n;
  if (events < changed.length) throw new Error(`Only ${events} events of ${changed.length} changes.`);
  return measured;
}

/** The same rows by the bare driver, in one piece: what a loop without any turns for others costs. */
async function commitRaw({ raw }, { before, changed }) {
  const upsert = raw.prepare(
    `insert into subjects (connection_id, project_id, type, id, revision, snapshot, open, updated_at)
     values ('github', '7', ?, ?, ?, ?, 0, 0)
     on conflict do update set revision = excluded.revision, snapshot = excluded.snapshot`,
  );
  const read = raw.prepare(
    "select snapshot from subjects where connection_id = 'github' and project_id = '7' and type = ? and id = ?",
  );
  const event = raw.prepare(
    `insert into events (key, kind, connection_id, project_id, subject, seen_at, event)
     values (?, 'comment.created', 'github', '7', ?, 0, ?) on conflict do nothing`,
  );
  const write = raw.transaction((facts) => {
    for (const [index, one] of facts.entries()) {
      const text = JSON.stringify(one);
      const known = read.get(one.type, String(index));
      upsert.run(one.type, String(index), one.revision, text);
      if (known !== undefined) event.run(`${one.type}/${index}`, String(index), text);
    }
  });
  write(before);
  return withStalls(async () => write(changed));
}

/** How long it took and how long the event loop stood still at worst, in milliseconds. */
async function withStalls(work) {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await wait(50);
  delays.reset();
  // The first interval after a reset is not recorded: without this pause a single long stall would be the one left out.
  await wait(20);
  const began = performance.now();
  await work();
  const tookMs = performance.now() - began;
  await wait(20);
  delays.disable();
  return { tookMs, stallMs: delays.max / 1e6, p99Ms: delays.percentile(99) / 1e6 };
}

function toCommitRow(runs) {
  return {
    tookMs: summarize(runs.map((run) => run.tookMs)),
    stallMs: summarize(runs.map((run) => run.stallMs)),
    p99Ms: summarize(runs.map((run) => run.p99Ms)),
  };
}

function mapValues(record, convert) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, convert(value)]));
}

const project = {
  ...{ connectionId: "github", id: "7", path: "acme/api", url: "https://github.example/acme/api" },
  ...{ defaultBranch: "main", hasWiki: true, archived: false, private: false },
};

function context() {
  return { project, baseline: false, account, teams: [], line: null, mergeRequestAuthor: null };
}

/** Half pull requests, half runs. In a later turn each pull request has a new comment and each run has ended. */
function makeFacts(count, turn) {
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? makePull(index, turn) : makeRun(index, turn),
  );
}

function makePull(index, turn) {
  const [author, actor] = [people[index % 3], people[(index + 1) % 3]];
  const url = `${project.url}/pull/${index}`;
  const comment = {
    ...{ id: `comment:${index}`, at: instant(turn), actor, what: "commented" },
    ...{ body: "Why not the other way round?", url: `${url}#c${index}` },
  };
  return {
    ...{ type: "merge_request", number: index, title: `Change part ${index}`, url, author },
    ...{ description: "What changes, why, and how it was tried. ".repeat(6), state: "open", draft: false },
    ...{ base: "main", head: `part-${index}`, headSha: `${index}`.padStart(40, "0"), labels: ["ready"] },
    ...{ assignments: [{ person: actor }], reviewRequests: [{ person: actor }], approvedBy: [] },
    ...{ conflict: false, createdAt: instant(0), updatedAt: instant(turn) },
    ...{ happenings: turn === 0 ? [] : [comment], revision: String(turn) },
  };
}

function makeRun(index, turn) {
  const status = turn === 0 ? "running" : index % 4 === 1 ? "failed" : "success";
  return {
    ...{ type: "pipeline", id: String(index), attempt: 1, number: index, status, rawStatus: status },
    ...{ workflow: "CI", trigger: "push", branch: `part-${index}`, sha: `${index}`.padStart(40, "0") },
    ...{
      commitTitle: "Say it better",
      actor: people[index % 3],
      url: `${project.url}/actions/runs/${index}`,
    },
    ...{ createdAt: instant(0), startedAt: instant(0), updatedAt: instant(turn), revision: String(turn) },
  };
}

function instant(turn) {
  return new Date(Date.UTC(2026, 9, 1, 9, turn)).toISOString();
}
