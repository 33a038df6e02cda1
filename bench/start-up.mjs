import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openHome } from "./built/app/daemon-home.cjs";
import { resolveHome } from "./built/config/home.cjs";
import { openDaemon, toConfigText } from "./our-daemon.mjs";
import { summarize } from "./statistics.mjs";

export const program = fileURLToPath(new URL("../bin/gitnotify.cjs", import.meta.url));
export const startUpSettings = { runs: 25 };

/** Wall time of short commands against a Node that does nothing, one after the other in turn. Milliseconds and ratios. */
export async function measureStartUp({ settings = startUpSettings, note = () => {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-bench-"));
  const [used, unused] = [join(folder, "used"), join(folder, "unused")];
  try {
    await makeHome(used, { isUsed: true });
    await makeHome(unused, { isUsed: false });
    const commands = {
      "node -e 0": ["-e", "0"],
      "--version": [program, "--version"],
      "--help": [program, "--help"],
      status: [program, "--home", used, "status"],
      "status before the first start": [program, "--home", unused, "status"],
    };
    const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
    // The first round fills the disk's cache and is not counted.
    for (let run = -1; run < settings.runs; run += 1) {
      if (run % 5 === 0) note(`start-up: round ${run} of ${settings.runs}`);
      for (const [name, args] of Object.entries(commands)) {
        const took = timeOf(args);
        if (run >= 0) times[name].push(took);
      }
    }
    return toRows(times);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timeOf(args) {
  const began = performance.now();
  const done = spawnSync(process.execPath, args, { encoding: "utf8", env: { PATH: process.env.PATH } });
  const took = performance.now() - began;
  if (done.status !== 0) throw new Error(`${args.join(" ")} ended with ${done.status}: ${done.stderr}`);
  return took;
}

/** `isUsed`: a daemon with these settings was at work in it. */
async function makeHome(home, { isUsed }) {
  const nowhere = { url: "http://127.0.0.1:9", apiUrl: "http://127.0.0.1:9/api/v3" };
  const configText = toConfigText({ github: nowhere, repositories: ["acme/service-000"] });
  mkdirSync(home);
  writeFileSync(join(home, "config.yaml"), configText, { mode: 0o600 });
  if (isUsed) {
    const clock = { now: () => Date.now(), sleep: async () => {} };
    await (await openDaemon({ home, configText, clock, token: "none" })).close();
  } else {
    const place = resolveHome({ home, env: {}, platform: process.platform, homedir: home });
    await (await openHome(place)).release();
  }
}

function toRows(times) {
  const bare = summarize(times["node -e 0"]);
  return Object.entries(times).map(([command, values]) => {
    const own = summarize(values);
    return {
      ...{ command, runs: own.count, ms: own, bare },
      ratio: { min: own.min / bare.min, median: own.median / bare.median },
    };
  });
}
