import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readDaemonState } from "../../src/lib/daemon-state.js";
import { eventually, inspect, owner, ownerChat, startSurroundings, type Surroundings } from "./harness.js";
import { createRandom } from "./play.js";
import { type Spawned, spawnGitnotify } from "./process.js";

const project = "platform/core";

// Starting a process takes a second of its own, and several on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000 });

let world: Surroundings;
let running: Spawned[] = [];
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await Promise.all(running.map(({ ended }) => ended));
  running = [];
  await world.close();
});

const rules = `subscriptions:
  - { to: owner, projects: ["work:platform/core"], events: [reviews, merge_requests, mentions] }
`;

async function start(config = world.config(rules)): Promise<Spawned> {
  const spawned = spawnGitnotify(world, ["start"], config);
  running.push(spawned);
  await eventually(() => /\d connections?/.test(spawned.printed()), { describe: () => spawned.printed() });
  return spawned;
}

/** The daemon answers every request with one line, whether it takes the settings or not. */
async function reload(daemon: Spawned, config: string): Promise<string> {
  const before = daemon.printed().length;
  writeFileSync(join(world.home, "config.yaml"), config);
  daemon.child.kill("SIGHUP");
  const said = () =>
    /.*(Settings reloaded: |settings were not reloaded).*/.exec(daemon.printed().slice(before));
  const [line] = await eventually(said, { describe: () => daemon.printed(), timeoutMs: 20_000 });
  return line;
}

const saying = (...words: string[]) =>
  ownerChat(world).filter((message) => words.every((word) => message.text.includes(word)));

function open(title: string): void {
  world.gitlab.openMergeRequest(project, { author: "bob", title, source: title.replaceAll(" ", "-") });
}

async function told(daemon: Spawned, ...words: string[]): Promise<void> {
  await eventually(() => saying(...words)[0], { describe: () => daemon.printed() });
}

describe("SIGHUP", () => {
  it("takes a good file, keeps the settings of before for a bad one and says where it is wrong, and takes the next good one", async () => {
    const daemon = await start();
    await told(daemon, "Now watching", project);
    expect(await reload(daemon, `${world.config(rules)}logging: { level: debug }\n`)).toContain(
      "logging.level info → debug",
    );
    await eventually(() => log().includes('"level":"debug"'));

    const bad = await reload(daemon, `${world.config(rules)}language: klingon\n`);
    expect(bad).toMatch(/config\.yaml:\d+:11: /);
    const { reloadProblem, reloadedAt } = readDaemonState(world.home) ?? {};
    expect(reloadProblem).toMatch(/config\.yaml:\d+:11: /);
    expect(reloadedAt).toBeGreaterThan(0);
    open("Told by the old settings");
    await told(daemon, "Told by the old settings", "opened it");

    expect(await reload(daemon, `${world.config(rules)}language: ru\n`)).toMatch(
      /logging\.level debug → info.*language en → ru|language en → ru/,
    );
    expect(readDaemonState(world.home)?.reloadProblem).toBeNull();
    open("Told in Russian");
    await told(daemon, "Told in Russian", "открывает");
    const before = log().length;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(log().slice(before)).not.toContain('"level":"debug"');
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toBe(0);
    expect(readDaemonState(world.home)).toBeNull();
  });

  it("adds a connection and its projects, changes one, and takes one away", async () => {
    const [head = "", tail = ""] = world.config(rules).split(/^ {2}- \{ id: github.*\n/m);
    const daemon = await start(`${head}${tail}`);
    await told(daemon, "Now watching", project);
    const both = world.config(`${rules}  - { to: owner, projects: ["github:acme/api"] }\n`);
    expect(await reload(daemon, both)).toContain(
      "connection github added, subscriptions (1 added, 0 removed)",
    );
    await told(daemon, "Now watching", "acme/api");
    const pull = world.github.openPullRequest("acme/api", {
      author: "bob",
      title: "On GitHub",
      body: "",
      head: "x",
    });
    await told(daemon, "On GitHub");

    const slow = both.replace(/mergeRequests: "[^"]*"/, 'mergeRequests: "0 0 1 1 *"');
    expect(await reload(daemon, slow)).toContain("polling.mergeRequests");
    world.github.comment("acme/api", pull.number, { by: "ann", body: "please @mia look" });
    expect(await reload(daemon, both)).toContain("polling.mergeRequests");
    await told(daemon, "ann mentioned you", "On GitHub");

    expect(await reload(daemon, `${head}${tail}`)).toContain("connection github removed");
    const before = world.github.server.ledger.entries.length;
    open("Still on GitLab");
    await told(daemon, "Still on GitLab");
    expect(world.github.server.ledger.entries.length).toBe(before);
  });

  it("keeps the settings when a token is missing or Telegram refuses the bot", async () => {
    const daemon = await start();
    await told(daemon, "Now watching", project);
    const third = world
      .config(rules)
      .replace(
        "polling:",
        `  - { id: extra, platform: gitlab, url: "${world.gitlab.url}", allowHttp: true, allowPrivateAddress: true }\npolling:`,
      );
    expect(await reload(daemon, third)).toContain("connection/extra");
    world.telegram.faults.add(/getMe/, {
      kind: "status",
      status: 401,
      body: { ok: false, error_code: 401, description: "Unauthorized" },
    });
    expect(await reload(daemon, world.config(rules))).toContain("Unauthorized");
    open("Goes on");
    await told(daemon, "Goes on");
    expect(await reload(daemon, world.config(rules))).toContain("nothing is different");
  });

  it("loses and doubles nothing, however often it comes under load", async () => {
    const random = createRandom(7);
    const daemon = await start();
    await told(daemon, "Now watching", project);
    // Fewer than would make a digest, should the machine be so slow that all of them come at once.
    const titles = Array.from({ length: 14 }, (_, index) => `Piece ${index}.`);
    for (const [index, title] of titles.entries()) {
      open(title);
      if (index % 4 === 1) world.telegram.faults.add(/sendMessage/, { kind: "slow", ms: 700 });
      await new Promise((resolve) => setTimeout(resolve, random(1_200)));
      const language = index % 5 === 2 ? "klingon" : "en";
      writeFileSync(join(world.home, "config.yaml"), `${world.config(rules)}language: ${language}\n`);
      daemon.child.kill("SIGHUP");
      if (index % 3 === 0) daemon.child.kill("SIGHUP");
    }
    await eventually(() => titles.every((title) => saying(title).length > 0), {
      timeoutMs: 40_000,
      describe: () => daemon.printed(),
    });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    for (const title of titles) {
      const first = world.telegram
        .chat(owner)
        .filter((message) => message.from === "bot" && (message.history[0] ?? message.text).includes(title));
      expect(first.length, title).toBe(1);
    }
    expect(saying("possibly repeated")).toEqual([]);
    expect(daemon.printed().match(/Settings reloaded/g)?.length).toBeGreaterThan(3);
    expect(daemon.printed()).toContain("not reloaded");
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toBe(0);
    const states = await inspect(world, (db) =>
      db.selectFrom("deliveries").select("state").distinct().execute(),
    );
    expect(states).toEqual([{ state: "delivered" }]);
  });
});

const log = () => readFileSync(join(world.home, "logs", "gitnotify.log"), "utf8");
