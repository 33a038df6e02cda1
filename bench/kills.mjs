import { setTimeout as wait } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { join } from "node:path";
import { createKillLedger } from "./kill-ledger.mjs";
import { chats, startKillWorld, until } from "./kill-world.mjs";
import { createSeededRandom } from "./seeded-random.mjs";
import { percentile } from "./statistics.mjs";

export const killsSettings = { worlds: 20, kills: 100, lanes: 3, seed: 1 };
const burst = 17;

/**
 * The built daemon on real SQLite and real HTTP, killed with SIGKILL at seeded moments while things happen on both platforms, and started
 * again at once. Several worlds of their own, three at a time; each is let come to rest at its end and judged by what Telegram was sent.
 */
export async function measureKills({ settings = killsSettings, note = () => {} } = {}) {
  const seeds = Array.from({ length: settings.worlds }, (_, index) => settings.seed + index);
  const results = [];
  // Ctrl-C: the worlds at work come to their end, and what was done is reported.
  process.once("SIGINT", () => (seeds.length = 0));
  const lane = async () => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift())
      results.push(await killOneWorld({ seed, kills: settings.kills, note }));
  };
  await Promise.all(Array.from({ length: settings.lanes }, lane));
  return { ...settings, ...addUp(results) };
}

async function killOneWorld({ seed, kills, note }) {
  const world = await startKillWorld();
  const ledger = createKillLedger(world);
  const random = createSeededRandom(seed);
  const play = createPlay({ world, ledger, random, seed });
  const firstPolls = [];
  const modes = { anywhere: 0, sending: 0, told: 0, polling: 0 };
  try {
    world.start();
    await mustCome(
      world,
      () => chats.every((chat) => world.telegram.chat(chat).length > 0),
      "the first greeting",
    );
    for (let kill = 0; kill < kills; kill += 1) {
      play.step(kill);
      const mode = Object.keys(modes)[kill % 4];
      modes[mode] += 1;
      await untilWorthKilling[mode]({ world, ledger, random });
      await world.kill();
      const { firstPollAt } = world.marks;
      if (kill > 0 && firstPollAt !== null) firstPolls.push((world.usualMs = firstPollAt - world.spawnedAt));
      world.start();
      if (kill % 25 === 24)
        note(`kills: seed ${seed}, ${kill + 1} kills, ${ledger.missing().length} not told yet`);
    }
    const isSettled = await until(() => ledger.missing().length <= ledger.found.unnamed, 120_000);
    await wait(1500);
    await world.stop();
    const result = { seed, kills, modes, isSettled, firstPolls, ...ledger.judge(), ...readBooks(world.home) };
    const { inversions, lost, unlabelled } = result;
    note(
      `kills: ${JSON.stringify({ ...result, firstPolls: firstPolls.length, inversions: inversions.slice(0, 5), lost: lost.slice(0, 5), unlabelled: unlabelled.slice(0, 5) })}`,
    );
    return result;
  } finally {
    ledger.silence();
    await world.closeAll();
  }
}

async function mustCome(world, look, what) {
  if (!(await until(look, 60_000))) throw new Error(`Waited in vain for ${what}.\n${world.printed}`);
}

const untilWorthKilling = {
  // From the first line of the program to some time after its first poll, however slow the machine is now.
  anywhere: ({ world, random }) => wait(random() * 1.4 * (world.usualMs ?? 1000)),
  sending: async ({ world, random }) => {
    await until(() => world.marks.sends > 0, 10_000);
    await wait(random() * 30);
  },
  // Also keeps one message from being hit by three kills in a row, which puts it aside by design.
  told: ({ ledger }) => until(() => ledger.missing().length <= ledger.found.unnamed, 20_000),
  polling: async ({ world, random }) => {
    const polls = 1 + Math.floor(random() * 12);
    await until(() => world.marks.polls >= polls, 10_000);
    await wait(random() * 40);
  },
};

/** Something on one platform before each kill; now and then so much at once that it becomes a digest. */
function createPlay({ world, ledger, random, seed }) {
  const hands = [onGitHub(world), onGitLab(world)];
  for (const [index, hand] of hands.entries())
    hand.long = hand.open(`Long way ${seed} ${index}`, `long-${seed}`);
  const open = [];
  let count = 0;
  const openOne = (hand) => {
    count += 1;
    const title = `Work ${seed}-${count}.`;
    const number = hand.open(title, `branch-${seed}-${count}`);
    ledger.expectTitle(title);
    open.push({ hand, number, title });
    return { number, title };
  };
  return {
    step(kill) {
      const hand = hands[kill % 2];
      const { number, title } = openOne(hand);
      hand.comment(hand.long, `Step ${hand.name}-${kill}.`);
      if (random() < 0.3) {
        ledger.expectMention(`Word ${seed}-${count}.`, title);
        hand.comment(number, `@mia please look: Word ${seed}-${count}.`);
      }
      if (kill % 40 === 39) for (let more = 0; more < burst; more += 1) openOne(hand);
      while (open.length > 24 || (open.length > 4 && random() < 0.5)) {
        const oldest = open.shift();
        oldest.hand.merge(oldest.number);
        ledger.expectMerged(oldest.title);
      }
    },
  };
}

function onGitHub({ github, repository }) {
  return {
    name: "gh",
    open: (title, head) =>
      github.openPullRequest(repository, { author: "bob", title, body: "Words.", head }).number,
    comment: (number, body) => github.comment(repository, number, { by: "ann", body }),
    merge: (number) => github.merge(repository, number, { by: "bob" }),
  };
}

function onGitLab({ gitlab, project }) {
  return {
    name: "gl",
    open: (title, source) =>
      gitlab.openMergeRequest(project, { author: "bob", title, description: "Words.", source }).iid,
    comment: (iid, body) => gitlab.note(project, iid, { by: "ann", body }),
    merge: (iid) => gitlab.merge(project, iid, { by: "bob" }),
  };
}

/** What the database says at the end: how many deliveries stand in which state, and whether it is whole. */
function readBooks(home) {
  const raw = new Sqlite(join(home, "gitnotify.db"), { readonly: true });
  try {
    const states = raw.prepare("select state, count(*) as count from deliveries group by state").all();
    const twice = raw.prepare("select count(*) - count(distinct key) as twice from events").get();
    return {
      deliveries: Object.fromEntries(states.map(({ state, count }) => [state, count])),
      ...twice,
      integrity: raw.pragma("integrity_check", { simple: true }),
    };
  } finally {
    raw.close();
  }
}

function addUp(results) {
  const total = (pick) => results.reduce((sum, result) => sum + pick(result), 0);
  const polls = results.flatMap((result) => result.firstPolls).sort((a, b) => a - b);
  return {
    total: total((result) => result.kills),
    owed: total((result) => result.titles + result.mentions),
    lost: total((result) => Math.max(0, result.lost.length - result.unnamed)),
    labelled: total((result) => result.labelled),
    unlabelled: total((result) => result.unlabelled.length),
    inversions: total((result) => result.inversions.length),
    digests: total((result) => result.digests),
    messages: total((result) => result.sent + result.edits),
    putAside: total((result) => result.deliveries.dead ?? 0),
    unsettled: total((result) => (result.isSettled ? 0 : 1)),
    damaged: total((result) => (result.integrity === "ok" ? 0 : 1)),
    firstPollMs: {
      p50: percentile(polls, 0.5),
      p95: percentile(polls, 0.95),
      max: polls.at(-1),
      count: polls.length,
    },
    results: results.map((result) => ({ ...result, firstPolls: result.firstPolls.length })),
  };
}
