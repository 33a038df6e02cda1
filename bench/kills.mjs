import { appendFileSync, mkdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { forgetPauseOfNotices, judgeBooks, openBooks } from "./kill-books.mjs";
import { createKillLedger } from "./kill-ledger.mjs";
import { chats, startKillWorld, until } from "./kill-world.mjs";
import { createSeededRandom } from "./seeded-random.mjs";
import { percentile } from "./statistics.mjs";

export const killsSettings = { worlds: 25, kills: 100, lanes: 3, seed: 1 };
const burst = 17;

/**
 * The built daemon on real SQLite and real HTTP, killed with SIGKILL at seeded moments while things happen on both platforms, and started
 * again at once. Several worlds of their own, three at a time; each is let come to rest at its end and judged by its database and by what
 * Telegram was sent. What a world found is written to a file at once: a run that is cut off counts as far as it came.
 */
export async function measureKills({ settings = killsSettings, note = () => {} } = {}) {
  const seeds = Array.from({ length: settings.worlds }, (_, index) => settings.seed + index);
  const results = [];
  const run = { isOver: false };
  // Ctrl-C: no more kills; the worlds at work come to rest and are judged, and what was done is reported.
  process.once("SIGINT", () => (run.isOver = true));
  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`kills-${new Date().toISOString().replaceAll(":", "-")}.jsonl`, folder);
  const lane = async () => {
    for (let seed = seeds.shift(); seed !== undefined && !run.isOver; seed = seeds.shift()) {
      const result = await killOneWorld({ seed, kills: settings.kills, note, run });
      results.push(result);
      appendFileSync(file, `${JSON.stringify(result)}\n`);
      note(`kills: ${JSON.stringify(addUp(results))}`);
    }
  };
  await Promise.all(Array.from({ length: settings.lanes }, lane));
  return { ...settings, ...addUp(results), results };
}

async function killOneWorld({ seed, kills, note, run }) {
  const world = await startKillWorld();
  const ledger = createKillLedger(world);
  const random = createSeededRandom(seed);
  const play = createPlay({ world, ledger, random, seed });
  const firstPolls = [];
  const done = Object.fromEntries(Object.keys(untilWorthKilling).map((mode) => [mode, 0]));
  try {
    world.start();
    const isGreeted = () =>
      chats.every((chat) => world.telegram.chat(chat).filter(({ from }) => from === "bot").length > 1);
    if (!(await until(isGreeted, 120_000))) throw new Error(`Nothing greets.\n${world.printed}`);
    let kill = 0;
    for (; kill < kills && !run.isOver; kill += 1) {
      play.step(kill);
      const mode = modes[kill % modes.length];
      done[mode] += 1;
      await untilWorthKilling[mode]({ world, random });
      await world.kill();
      const { firstPollAt } = world.marks;
      if (kill > 0 && firstPollAt !== null) firstPolls.push((world.usualMs = firstPollAt - world.spawnedAt));
      world.start();
    }
    const isSettled = await settle({ world, ledger });
    const firstPollMs = firstPolls.map(Math.round);
    return {
      seed,
      kills: kill,
      modes: done,
      isSettled,
      firstPollMs,
      ...judgeBooks({ home: world.home, ledger }),
    };
  } catch (error) {
    note(`kills: seed ${seed} broke off: ${String(error)}\n${world.printed}`);
    throw error;
  } finally {
    ledger.silence();
    await world.closeAll();
  }
}

/** Until everything is stored and nothing is owed any more; then once more, for the notice about what was put aside. */
async function settle({ world, ledger }) {
  const due = ledger.happenings.filter(({ kind }) => kind !== "comment.created").length;
  const books = openBooks(world.home);
  const isAtRest = () => books.events() >= due && books.owed() === 0;
  try {
    const isQuiet = await restFor(isAtRest, 240_000);
    await world.stop();
    if (books.untoldDead() === 0) return isQuiet;
    forgetPauseOfNotices(world.home);
    world.start();
    const isTold = await restFor(() => isAtRest() && books.untoldDead() === 0, 60_000);
    await world.stop();
    return isQuiet && isTold;
  } finally {
    books.close();
  }
}

/** Seen true twice, a second and a half apart: a poll may be about to store more. */
async function restFor(look, patienceMs) {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    if (look()) {
      await wait(1500);
      if (look()) return true;
    }
    await wait(200);
  }
  return false;
}

const modes = ["after", "sending", "after", "polling", "after", "starting"];
const isPolling = ({ marks }) => until(() => marks.firstPollAt !== null, 30_000);

const untilWorthKilling = {
  after: async ({ world, random }) => {
    await isPolling(world);
    await wait(300 + random() * 1200);
  },
  sending: async ({ world, random }) => {
    await isPolling(world);
    await until(() => world.marks.sends > 0, 1500);
    await wait(random() * 30);
  },
  polling: async ({ world, random }) => {
    await isPolling(world);
    const polls = 1 + Math.floor(random() * 12);
    await until(() => world.marks.polls >= polls, 1500);
    await wait(random() * 40);
  },
  starting: ({ world, random }) => wait(random() * (world.usualMs ?? 1000)),
};

/** Something on one platform before each kill; now and then so much at once that it becomes a digest. */
function createPlay({ world, ledger, random, seed }) {
  const hands = [onGitHub(world), onGitLab(world)];
  for (const [index, hand] of hands.entries())
    hand.long = hand.open(`Long way ${seed} ${index}`, `long-${seed}`);
  const open = [];
  let count = 0;
  const happen = (hand, number, rest) => ledger.expect({ subject: `${hand.project}/${number}`, ...rest });
  const openOne = (hand) => {
    count += 1;
    const number = hand.open(`Work ${seed}-${count}.`, `branch-${seed}-${count}`);
    happen(hand, number, { kind: "merge_request.opened", isOwed: true });
    open.push({ hand, number });
    return number;
  };
  return {
    step(kill) {
      const hand = hands[kill % 2];
      const number = openOne(hand);
      const body = `Step ${hand.name}-${kill}.`;
      hand.comment(hand.long, body);
      happen(hand, hand.long, { kind: "comment.created", body, isOwed: false });
      if (random() < 0.3) {
        const words = `@mia please look: Word ${seed}-${count}.`;
        hand.comment(number, words);
        happen(hand, number, { kind: "mention.created", body: words, isOwed: true });
      }
      if (kill % 40 === 39) for (let more = 0; more < burst; more += 1) openOne(hand);
      while (open.length > 24 || (open.length > 4 && random() < 0.5)) {
        const oldest = open.shift();
        oldest.hand.merge(oldest.number);
        happen(oldest.hand, oldest.number, { kind: "merge_request.merged", isOwed: true });
      }
    },
  };
}

function onGitHub({ github, repository }) {
  return {
    name: "gh",
    project: "github/7001/merge_request",
    open: (title, head) =>
      github.openPullRequest(repository, { author: "bob", title, body: "Words.", head }).number,
    comment: (number, body) => github.comment(repository, number, { by: "ann", body }),
    merge: (number) => github.merge(repository, number, { by: "bob" }),
  };
}

function onGitLab({ gitlab, project }) {
  return {
    name: "gl",
    project: "work/101/merge_request",
    open: (title, source) =>
      gitlab.openMergeRequest(project, { author: "bob", title, description: "Words.", source }).iid,
    comment: (iid, body) => gitlab.note(project, iid, { by: "ann", body }),
    merge: (iid) => gitlab.merge(project, iid, { by: "bob" }),
  };
}

function addUp(results) {
  const total = (pick) => results.reduce((sum, result) => sum + pick(result), 0);
  const polls = results.flatMap((result) => result.firstPollMs).sort((a, b) => a - b);
  return {
    worlds: results.length,
    total: total((result) => result.kills),
    happenings: total((result) => result.happenings),
    unstored: total((result) => result.unstored.length),
    twice: total((result) => result.twice.length),
    owed: total((result) => result.owedToChats),
    lost: total(({ unowed, unseen, unsent }) => unowed.length + unseen.length + unsent.length),
    miscounted: total((result) => result.miscounted.length),
    cards: total((result) => result.told.cards),
    inDigests: total((result) => result.told.digests),
    putAside: total((result) => result.putAside),
    untoldDead: total((result) => result.untoldDead),
    messages: total((result) => result.messages),
    cutOff: total((result) => result.orphans),
    labelled: total((result) => result.labelled),
    unlabelled: total((result) => result.unlabelled.length),
    anew: total((result) => result.anew.length),
    inversions: total((result) => result.inversions.length),
    unsettled: total((result) => (result.isSettled ? 0 : 1)),
    damaged: total((result) => (result.integrity === "ok" ? 0 : 1)),
    firstPollMs: {
      p50: percentile(polls, 0.5),
      p95: percentile(polls, 0.95),
      max: polls.at(-1),
      count: polls.length,
    },
  };
}
