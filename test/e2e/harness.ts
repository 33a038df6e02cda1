import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, buildApp } from "../../src/app/app.js";
import { runDaemon } from "../../src/app/daemon.js";
import { openHome } from "../../src/app/daemon-home.js";
import { pollOnce, type RoundReport } from "../../src/app/poll-once.js";
import { type Config, loadConfig } from "../../src/config/load.js";
import { resolveHome } from "../../src/config/home.js";
import { type Clock, systemClock } from "../../src/lib/clock.js";
import type { Log } from "../../src/lib/log.js";
import { platformIds, routesOf } from "../../src/platforms/index.js";
import { startGitHubSandbox, type GitHubSandbox } from "../../src/sandbox/github/index.js";
import { startGitLabSandbox, type GitLabSandbox } from "../../src/sandbox/gitlab/index.js";
import {
  startTelegramSandbox,
  type ShownMessage,
  type TelegramSandbox,
} from "../../src/sandbox/telegram/index.js";
import { secretStoreIds } from "../../src/secrets/index.js";
import { createMemorySecretStore } from "../support/memory-secret-store.js";

export const owner = 4242;

/** Three sandboxes and a home: everything that a daemon needs to live. */
export interface Surroundings {
  github: GitHubSandbox;
  gitlab: GitLabSandbox;
  telegram: TelegramSandbox;
  /** The folder of the home. */
  home: string;
  config(overrides?: string): string;
  /** Lines that the daemon logged, redacted as in the file. */
  logged: string[];
  /** What the secret store holds, by name; change it at any time. */
  secrets: Record<string, string>;
  /** The time of `pollRound`: waiting costs none of the test's own. */
  clock: LeapingClock;
  close(): Promise<void>;
}

/** Waits by putting itself forward. Only for rounds: in a daemon many things wait at once. */
export interface LeapingClock extends Clock {
  skip(ms: number): void;
}

function createLeapingClock(): LeapingClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      ahead += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
    skip: (ms) => void (ahead += ms),
  };
}

export const tokens = {
  github: "ghp_owner0000000000000000000000000000000",
  gitlab: "glpat-owner00000000000000",
};

export async function startSurroundings(): Promise<Surroundings> {
  const [github, gitlab, telegram] = await Promise.all([
    startGitHubSandbox(),
    startGitLabSandbox(),
    startTelegramSandbox(),
  ]);
  const home = mkdtempSync(join(tmpdir(), "gitnotify-e2e-"));
  for (const login of ["mia", "ann", "bob"]) {
    github.addUser(login, { name: login });
    gitlab.addUser(login, { name: login });
  }
  github.addToken(tokens.github, {
    login: "mia",
    kind: "classic",
    scopes: ["repo", "notifications", "read:org"],
  });
  gitlab.addToken(tokens.gitlab, { username: "mia", scopes: ["api"] });
  github.addRepository("acme/api", { wiki: true, members: ["mia", "ann", "bob"] });
  gitlab.addProject("platform/core", { wiki: true, members: ["mia", "ann", "bob"] });
  telegram.addUser({ id: owner, firstName: "Mia" });
  telegram.privateChat(owner);
  return {
    github,
    gitlab,
    telegram,
    home,
    logged: [],
    secrets: {
      telegram: telegram.token,
      "connection/github": tokens.github,
      "connection/work": tokens.gitlab,
    },
    clock: createLeapingClock(),
    config: (overrides = "") => toYaml({ github, gitlab, telegram }, overrides),
    close: async () => {
      await Promise.all([github.close(), gitlab.close(), telegram.close()]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function toYaml(
  { github, gitlab, telegram }: Pick<Surroundings, "github" | "gitlab" | "telegram">,
  overrides: string,
): string {
  return `
telegram: { apiRoot: "${telegram.url}"${overrides.includes("no-owner") ? "" : `, owner: ${owner}`} }
connections:
  - { id: github, platform: github, url: "${github.url}", apiUrl: "${github.apiUrl}", allowHttp: true, allowPrivateAddress: true }
  - { id: work, platform: gitlab, url: "${gitlab.url}", allowHttp: true, allowPrivateAddress: true }
polling: { inbox: "* * * * * *", pipelines: "* * * * * *", mergeRequests: "* * * * * *", repository: "* * * * * *", wiki: "* * * * * *", adaptive: false }
secrets: { store: env }
${overrides.includes("subscriptions:") || overrides.includes("no-owner") ? overrides : `subscriptions:\n  - { to: owner, projects: ["github:acme/api", "work:platform/core"] }\n${overrides}`}
`;
}

export function toConfig(text: string): Config {
  const loaded = loadConfig({ path: "config.yaml", text, platformIds, routes: routesOf, secretStoreIds });
  if (!loaded.ok)
    throw new Error(loaded.problems.map((problem) => `${problem.line}: ${problem.message}`).join("\n"));
  return loaded.config;
}

export interface Running {
  app: App;
  /** What `start` printed. */
  printed: string[];
  /** What it ended with by itself: an error, or undefined after a stop. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** The app, built on the home of the surroundings; nothing runs yet. */
export async function openApp(
  surroundings: Surroundings,
  config = surroundings.config(),
  clock: Clock = systemClock,
): Promise<App & { release(): Promise<void> }> {
  const home = resolveHome({ home: surroundings.home, env: {}, platform: "linux", homedir: "/nonexistent" });
  const opened = await openHome(home);
  const secrets = createMemorySecretStore(surroundings.secrets);
  const app = await buildApp({
    config: toConfig(config),
    db: opened.db,
    health: opened.health,
    databaseFile: home.databaseFile,
    secrets,
    cacheDir: home.cacheDir,
    version: "test",
    clock,
    log: toLog(surroundings.logged),
    random: Math.random,
    randomText: (bytes) => randomBytes(bytes).toString("base64url"),
    onSecret: () => {},
  });
  const release = async () => {
    await app.close();
    await opened.release();
  };
  return { ...app, release };
}

/** The whole daemon in this process, as `start` runs it. */
export async function startDaemon(
  surroundings: Surroundings,
  config = surroundings.config(),
): Promise<Running> {
  const app = await openApp(surroundings, config);
  const controller = new AbortController();
  const printed: string[] = [];
  const running = runDaemon({ app, signal: controller.signal, print: (line) => printed.push(line) });
  const failed = running.catch((error: unknown) => error);
  return {
    app,
    printed,
    ended: failed,
    stop: async () => {
      controller.abort(new Error("The test stops the daemon."));
      await failed;
      await app.release();
    },
  };
}

/** One round of `poll` in this process. */
export async function pollRound(
  surroundings: Surroundings,
  options: { config?: string; all?: boolean } = {},
): Promise<RoundReport> {
  const app = await openApp(surroundings, options.config, surroundings.clock);
  try {
    return await pollOnce(app, { all: options.all ?? true }, AbortSignal.timeout(30_000));
  } finally {
    await app.release();
  }
}

/** Looks into the database of a home where nothing runs. */
export async function inspect<T>(
  surroundings: Surroundings,
  look: (db: App["options"]["db"]) => Promise<T>,
): Promise<T> {
  const app = await openApp(surroundings);
  try {
    return await look(app.options.db);
  } finally {
    await app.release();
  }
}

/** Resolves as soon as `look` finds something; rejects with what `describe` says when it takes too long. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  { timeoutMs = 45_000, describe = () => "" }: { timeoutMs?: number; describe?: () => string } = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`It did not happen within ${timeoutMs} ms. ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The owner's chat: what stands there now, oldest first, without what was deleted. */
export function ownerChat(surroundings: Surroundings): ShownMessage[] {
  return surroundings.telegram.chat(owner).filter((message) => message.from === "bot" && !message.deleted);
}

function toLog(lines: string[]): Log {
  const add = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    const error = fields?.["error"];
    lines.push(
      `${level} ${message} ${JSON.stringify({ ...fields, ...(error instanceof Error ? { error: error.stack } : {}) })}`,
    );
  };
  return { error: add("error"), warn: add("warn"), info: add("info"), debug: () => {} };
}
