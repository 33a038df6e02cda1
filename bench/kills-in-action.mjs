import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openBooks } from "./kill-books.mjs";
import { startKillWorld, until } from "./kill-world.mjs";
import { createSeededRandom } from "./seeded-random.mjs";

export const killsInActionSettings = { kills: 90, lanes: 3, seed: 1 };
const owner = 4242;
const sqlite = createRequire(import.meta.url).resolve("better-sqlite3");
const lastWords =
  /Approved|Merged|already|is running again|are running again|being canceled|had already ended|ot done|may or may not|It was done|Whether it was done|expired|Something changed|Not canceled|stopped before this was done/;

/**
 * SIGKILL between a press, or a command in words, and its last word, on both platforms; in every third round another process holds the
 * database meanwhile, for a second and a half or for twelve. Then the daemon is started again, and it is judged what the platform was asked
 * to do, what the chat says, and whether the button that was used is gone.
 */
export async function measureKillsInAction({ settings = killsInActionSettings, note = () => {} } = {}) {
  const rounds = Array.from({ length: settings.kills }, (_, index) => index);
  const results = [];
  const run = { isOver: false };
  process.once("SIGINT", () => (run.isOver = true));
  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`kills-in-action-${new Date().toISOString().replaceAll(":", "-")}.jsonl`, folder);
  const lane = async (_, index) => {
    const world = await openWorld();
    const random = createSeededRandom(settings.seed + index);
    try {
      for (let round = rounds.shift(); round !== undefined && !run.isOver; round = rounds.shift()) {
        const result = await actOnce({ world, round, random }).catch((error) => ({
          round,
          broke: String(error),
        }));
        results.push(result);
        appendFileSync(file, `${JSON.stringify(result)}\n`);
        note(`kills-in-action: ${JSON.stringify(result)}`);
      }
    } finally {
      await world.closeAll();
    }
  };
  await Promise.all(Array.from({ length: settings.lanes }, lane));
  return { ...settings, ...addUp(results), results };
}

async function openWorld() {
  const world = await startKillWorld({ events: "[reviews, merge_requests, mentions, pipelines]" });
  world.writes = [];
  for (const { ledger } of [world.github.server, world.gitlab.server]) {
    const count = ledger.add;
    ledger.add = (entry) => {
      count(entry);
      const { method, path } = entry.exchange;
      if (method !== "GET" && !/graphql|git-upload-pack|token/.test(path))
        world.writes.push({ path: `${method} ${path}`, status: entry.reply.status ?? 200 });
    };
  }
  world.start();
  await mustCome(
    world,
    () => own(world).filter(({ text }) => text.includes("watching")).length >= 2,
    "a greeting",
  );
  return world;
}

function own({ telegram }) {
  return telegram.chat(owner).filter(({ from, deleted }) => from === "bot" && !deleted);
}

async function mustCome(world, look, what, patienceMs = 90_000) {
  if (!(await until(look, patienceMs))) throw new Error(`waited in vain for ${what}`);
}

const verbs = ["approve", "merge", "retry", "cancel"];
const labels = { approve: "Approve", merge: "Merge", retry: "Retry" };

async function actOnce({ world, round, random }) {
  const platform = round % 2 === 0 ? "github" : "gitlab";
  const verb = verbs[Math.floor(round / 2) % verbs.length];
  const how = verb !== "cancel" && Math.floor(round / 8) % 2 === 0 ? "press" : "words";
  const holdMs = [0, 0, 1500, 0, 0, 12_000][round % 6];
  const target = toTarget(world, { platform, verb, round });
  const seen = world.telegram.chat(owner).length;
  const answered = world.telegram.answers.length;
  await untilReady(world, { target, verb, how });
  const before = { writes: world.writes.length };
  const data = await ask(world, { target, verb, how, holdMs });
  await untilWorthKilling({ world, random, before, round, seen });
  await world.kill();
  const exits = await startUntilItRuns(world);
  const words = () => findLastWords(world, { target, seen, answered });
  const hasWord = await until(() => words() !== null, 60_000);
  const isAtRest = await until(() => isQuiet(world), 30_000);
  const isGone = data === null || (await until(() => !hasButton(world, data), 15_000));
  const done = world.writes.slice(before.writes);
  const good = done.filter(({ status }) => status < 300);
  return {
    ...{ round, platform, verb, how, holdMs, exits, isAtRest, isGone },
    ...{ wrote: done.map(({ path, status }) => `${path} ${status}`), times: good.length },
    ...{ hasWord, word: words() },
    ...(hasWord ? {} : { said: saidSince(world, { seen, answered }) }),
  };
}

function toTarget(world, { platform, verb, round }) {
  const { github, gitlab, repository, project } = world;
  const isRun = verb === "retry" || verb === "cancel";
  const title = `Act ${round}.`;
  if (platform === "github") {
    if (!isRun) {
      const { number } = github.openPullRequest(repository, {
        author: "bob",
        title,
        body: "Words.",
        head: `act-${round}`,
      });
      github.requestReview(repository, number, { by: "bob", reviewer: "mia" });
      return { ref: `${repository}#${number}`, mark: title };
    }
    const { id } = github.startRun(repository, { workflow: `ci-${round}`, branch: "main", actor: "mia" });
    if (verb === "retry")
      github.finishRun(repository, id, {
        conclusion: "failure",
        jobs: [{ name: "unit", conclusion: "failure" }],
      });
    return { ref: `${repository}@${id}`, mark: `ci-${round}` };
  }
  if (!isRun) {
    const { iid } = gitlab.openMergeRequest(project, { author: "bob", title, source: `act-${round}` });
    gitlab.requestReview(project, iid, { by: "bob", reviewer: "mia" });
    return { ref: `${project}!${iid}`, mark: title };
  }
  const { id } = gitlab.startPipeline(project, { ref: "main", by: "mia", name: `ci-${round}` });
  if (verb === "retry")
    gitlab.finishPipeline(project, id, {
      status: "failed",
      jobs: [{ name: "unit", stage: "test", status: "failed" }],
    });
  return { ref: `${project}@${id}`, mark: String(id) };
}

function findButton(world, mark, label) {
  const message = own(world).findLast(
    ({ text, keyboard }) => text.includes(mark) && keyboard.flat().some((button) => button.text === label),
  );
  return message === undefined
    ? null
    : { message, data: message.keyboard.flat().find((button) => button.text === label).callback_data };
}

async function untilReady(world, { target, verb, how }) {
  if (verb === "cancel") return wait(2500);
  if (how === "press") {
    const find = () => findButton(world, target.mark, labels[verb]) ?? findButton(world, target.ref, labels[verb]);
    await mustCome(world, find, `a card with ${labels[verb]} for ${target.mark}`);
    target.button = find();
  } else await mustCome(world, () => own(world).some(({ text }) => text.includes(target.mark) || text.includes(target.ref)), `a card for ${target.mark}`); // prettier-ignore
  await until(() => isQuiet(world), 10_000);
  if (how === "press") target.button = findButton(world, target.mark, labels[verb]) ?? target.button;
}

/** Returns what the button that is used up carries; null for words. A merge and a cancel are asked about first: the press on Yes is what counts. */
async function ask(world, { target, verb, how, holdMs }) {
  const { telegram } = world;
  const press = ({ message, data }) => {
    const button = message.keyboard.flat().find(({ callback_data }) => callback_data === data)?.text;
    telegram.press({ userId: owner, chatId: owner, messageId: message.messageId, button });
    return data;
  };
  const say = () => void telegram.say({ userId: owner, chatId: owner, text: `/${verb} ${target.ref}` });
  if (verb !== "merge" && verb !== "cancel") {
    await hold(world, holdMs);
    if (how === "press") return press(target.button);
    say();
    return null;
  }
  if (how === "press") press(target.button);
  else say();
  const question = verb === "merge" ? "Merge this?" : "Cancel this?";
  const find = () => findButton(world, question, `Yes, ${verb}`);
  await mustCome(world, find, "the question");
  await until(() => isQuiet(world), 5000);
  await hold(world, holdMs);
  return press(find());
}

/** Another process holds the database from now on, for so long. */
async function hold(world, ms) {
  if (ms === 0) return;
  const text = `
    const raw = new (require(${JSON.stringify(sqlite)}))(${JSON.stringify(join(world.home, "gitnotify.db"))}, { timeout: 5000 });
    raw.exec("begin immediate");
    console.log("held");
    setTimeout(() => { raw.exec("rollback"); raw.close(); }, ${ms});`;
  const holder = spawn(process.execPath, ["-e", text], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => holder.stdout.once("data", resolve));
}

/** In turns: anywhere in the second that follows, right behind the request that changes something, right behind a word to the chat. */
async function untilWorthKilling({ world, random, before, round, seen }) {
  if (round % 3 === 0) return wait(random() * 1000);
  const isTime =
    round % 3 === 1
      ? () => world.writes.length > before.writes
      : () =>
          world.telegram
            .chat(owner)
            .slice(seen)
            .some(({ from, text }) => from === "bot" && lastWords.test(text));
  await until(isTime, 4000);
  await wait(random() * 30);
}

/** A start that another process's hold makes end is tried again, as a service manager does. Returns how often. */
async function startUntilItRuns(world) {
  for (let exits = 0; ; exits += 1) {
    world.start();
    const { child } = world;
    await until(() => world.marks.firstPollAt !== null || child.exitCode !== null, 60_000);
    if (child.exitCode === null || exits > 20) return exits;
    await wait(500);
  }
}

function findLastWords({ telegram }, { target, seen, answered }) {
  const isOf = (text) => lastWords.test(text) && (text.includes(target.ref) || text.includes(target.mark));
  const message = telegram
    .chat(owner)
    .slice(seen)
    .findLast(({ from, text }) => from === "bot" && isOf(text));
  if (message !== undefined) return { in: "chat", text: message.text.slice(0, 160) };
  const box = telegram.answers.slice(answered).findLast(({ text }) => lastWords.test(text ?? ""));
  return box === undefined ? null : { in: "box", text: box.text };
}

function saidSince({ telegram }, { seen, answered }) {
  const messages = telegram.chat(owner).slice(seen).map(({ from, text }) => `${from}: ${text.slice(0, 200)}`); // prettier-ignore
  return [...messages, ...telegram.answers.slice(answered).map(({ text }) => `box: ${text}`)];
}

function hasButton(world, data) {
  return own(world).some(({ keyboard }) => keyboard.flat().some((button) => button.callback_data === data));
}

/** No update waits, no action is without its end, and nothing is owed to the chat. */
function isQuiet({ home, telegram }) {
  const books = openBooks(home);
  try {
    const number = (sql) => books.raw.prepare(sql).pluck().get();
    const open = number(
      "select count(*) from audit a where result = 'started' and not exists (select 1 from audit b where b.started_id = a.id)",
    );
    const waiting = number("select count(*) from updates where state = 'pending'");
    return telegram.queue.waiting().length === 0 && open === 0 && waiting === 0 && books.owed() === 0;
  } finally {
    books.close();
  }
}

function addUp(all) {
  const results = all.filter(({ broke }) => broke === undefined);
  const count = (test) => results.filter(test).length;
  return {
    rounds: results.length,
    broke: all.length - results.length,
    twice: count(({ times }) => times > 1),
    done: count(({ times }) => times === 1),
    silent: count(({ hasWord }) => !hasWord),
    inBoxAlone: count(({ word }) => word?.in === "box"),
    buttonsLeft: count(({ isGone }) => !isGone),
    restless: count(({ isAtRest }) => !isAtRest),
    held: count(({ holdMs }) => holdMs > 0),
    presses: count(({ how }) => how === "press"),
  };
}
