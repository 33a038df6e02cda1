import { buildApp } from "./built/app/app.cjs";
import { openHome } from "./built/app/daemon-home.cjs";
import { resolveHome } from "./built/config/home.cjs";
import { loadConfig } from "./built/config/load.cjs";
import { platformIds } from "./built/platforms/index.cjs";
import { pollRound } from "./built/polling/round.cjs";
import { secretStoreIds } from "./built/secrets/index.cjs";
import { createSeededRandom } from "./seeded-random.mjs";

/** config.yaml for one GitHub connection; every JSON text is YAML too. */
export function toConfigText({ github, repositories, telegramUrl = "http://127.0.0.1:9", polling = {} }) {
  return JSON.stringify({
    telegram: { apiRoot: telegramUrl, owner: 4242 },
    connections: [
      {
        ...{ id: "github", platform: "github", url: github.url, apiUrl: github.apiUrl },
        ...{ allowHttp: true, allowPrivateAddress: true },
      },
    ],
    polling,
    subscriptions: [{ to: "owner", projects: repositories.map((name) => `github:${name}`) }],
    secrets: { store: "env" },
  });
}

/**
 * The app of the daemon as `start` builds it, with a clock that the caller moves. It plans once, as the daemon does each
 * hour, and then `poll` is one look at what is due: the scheduler's own rule, without waiting for the wall clock.
 */
export async function openDaemon({ home, configText, clock, token }) {
  const loaded = loadConfig({ path: "config.yaml", text: configText, platformIds, secretStoreIds });
  if (!loaded.ok) throw new Error(loaded.problems.map((problem) => problem.message).join("\n"));
  const place = resolveHome({ home, env: {}, platform: process.platform, homedir: home });
  const opened = await openHome(place);
  const random = createSeededRandom(1);
  const app = await buildApp({
    ...{ config: loaded.config, db: opened.db, clock, random, version: "bench" },
    cacheDir: place.cacheDir,
    secrets: toSecretStore({ "connection/github": token }),
    log: { error: complain, warn: complain, info: () => {}, debug: () => {} },
    randomText: (bytes) => "r".repeat(bytes),
    onSecret: () => {},
  });
  await app.begin();
  const never = new globalThis.AbortController().signal;
  return {
    db: opened.db,
    raw: opened.raw,
    plan: async () => {
      const problems = await app.planner.plan(never);
      if (problems.length > 0) throw new Error(problems.join("\n"));
    },
    poll: ({ all }) => pollRound(app.polling, { all, baseMs: app.baseMs }, never),
    close: async () => {
      await app.close();
      await opened.release();
    },
  };
}

function complain(message, fields = {}) {
  process.stderr.write(`gitnotify: ${message} ${String(fields.error ?? fields.reason ?? "")}\n`);
}

function toSecretStore(secrets) {
  const nothing = async () => {};
  const get = async (name) => secrets[name] ?? null;
  return {
    id: "memory",
    readOnly: false,
    get,
    set: nothing,
    delete: nothing,
    list: async () => Object.keys(secrets),
  };
}

/** Starts at a fixed instant and moves only when told to; whoever sleeps wakes at once. */
export function createSimulatedClock(start = Date.UTC(2026, 8, 1, 9)) {
  let at = start;
  return {
    now: () => at,
    moveTo: (instant) => {
      at = Math.max(at, instant);
    },
    sleep: async () => {},
  };
}
