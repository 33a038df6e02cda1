import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startSurroundings, toConfigYaml } from "./built/sandbox/surroundings.cjs";
import { end, spawnDaemon } from "./processes.mjs";

export const chats = [4242, -71, -72];
const isPoll = /\/(notifications|pulls|actions\/runs|branches|merge_requests|pipelines|todos)\b/;

/**
 * The three servers, a home, and the built daemon on them, to be killed and started again. `marks` counts what the servers were asked;
 * nothing else of the requests is kept.
 */
export async function startKillWorld({ events = "[reviews, merge_requests, mentions]" } = {}) {
  const surroundings = await startSurroundings({ limits: "none" });
  const { github, gitlab, telegram, tokens } = surroundings;
  for (const id of chats.slice(1)) telegram.addGroup({ id, title: `Team ${-id}`, members: [4242] });
  const home = mkdtempSync(join(tmpdir(), "gitnotify-bench-"));
  writeFileSync(join(home, "config.yaml"), toConfig(surroundings, events), { mode: 0o600 });
  const marks = { polls: 0, sends: 0, firstPollAt: null };
  for (const { ledger } of [github.server, github.blobs, gitlab.server])
    ledger.add = (entry) => countPoll(marks, entry);
  telegram.ledger.add = ({ exchange }) => {
    if (/\/(sendMessage|editMessageText)$/.test(exchange.path)) marks.sends += 1;
  };
  const world = { ...surroundings, home, marks, printed: "", child: null, spawnedAt: 0 };
  return Object.assign(world, {
    start: () => start(world, tokens),
    kill: () => kill(world),
    stop: () => end(world.child),
    closeAll: async () => {
      if (world.child !== null) await kill(world);
      await surroundings.close();
      rmSync(home, { recursive: true, force: true });
    },
  });
}

function toConfig(surroundings, events) {
  const projects = `["github:${surroundings.repository}", "work:${surroundings.project}"]`;
  const lines = chats.map((id) => {
    return `  - { to: ${id > 0 ? "owner" : `{ chat: ${id} }`}, projects: ${projects}, events: ${events} }`;
  });
  return toConfigYaml(surroundings)
    .replace("telegram:\n", "telegram:\n  owner: 4242\n")
    .replace(/subscriptions:\n[^]*?(?=secrets:)/, `subscriptions:\n${lines.join("\n")}\n`);
}

function countPoll(marks, { exchange }) {
  if (!isPoll.test(exchange.path)) return;
  marks.polls += 1;
  marks.firstPollAt ??= performance.now();
}

function start(world, tokens) {
  Object.assign(world.marks, { polls: 0, sends: 0, firstPollAt: null });
  world.spawnedAt = performance.now();
  world.child = spawnDaemon({
    home: world.home,
    stdio: ["ignore", "pipe", "pipe"],
    secrets: {
      GITNOTIFY_SECRET_TELEGRAM: tokens.telegram,
      GITNOTIFY_SECRET_CONNECTION_GITHUB: tokens.github,
      GITNOTIFY_SECRET_CONNECTION_WORK: tokens.gitlab,
    },
  });
  const keep = (chunk) => (world.printed = (world.printed + chunk).slice(-6000));
  for (const stream of [world.child.stdout, world.child.stderr]) stream.setEncoding("utf8").on("data", keep);
}

async function kill({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** Whether it came true in time. */
export async function until(look, patienceMs) {
  const deadline = performance.now() + patienceMs;
  while (!look()) {
    if (performance.now() > deadline) return false;
    await wait(2);
  }
  return true;
}
