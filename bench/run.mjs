// Everything that gitnotify promises in figures, measured in one run without any network beyond this machine.
//   npm run bench                        all of it
//   npm run bench -- --only quota        one part: start-up, first-poll, compare, memory, memory-hour (an hour), cpu, kills (an hour), kills-in-action, quota; repeatable
//   npm run bench -- --quick             fewer repetitions, to see whether it works at all
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { reports, renderTable } from "./report.mjs";

/** Each part is loaded when it is its turn: what one needs must not weigh on another. */
const parts = {
  "start-up": async (options) => (await import("./start-up.mjs")).measureStartUp(options),
  "first-poll": async (options) => (await import("./first-poll.mjs")).measureFirstPoll(options),
  compare: async (options) => (await import("./compare.mjs")).measureCompare(options),
  memory: async (options) => (await import("./memory.mjs")).measureMemory(options),
  "memory-hour": async (options) => (await import("./memory-hour.mjs")).measureMemoryHour(options),
  cpu: async (options) => (await import("./cpu.mjs")).measureCpu(options),
  kills: async (options) => (await import("./kills.mjs")).measureKills(options),
  "kills-in-action": async (options) => (await import("./kills-in-action.mjs")).measureKillsInAction(options),
  quota: async (options) => (await import("./quota.mjs")).measureQuota(options),
};

const quick = {
  "start-up": { settings: { runs: 5 } },
  "first-poll": { settings: { repositories: 20, megabytes: 10, runs: 3 } },
  compare: { settings: { items: 10_000, repetitions: 2 } },
  memory: { settings: { repositories: 20, rounds: 2, idleSeconds: 5, patienceSeconds: 420 } },
  "memory-hour": { settings: { repositories: 5, minutes: 4, share: 0.25, snapshotAt: 2 } },
  cpu: { settings: { repositories: 5, warmUpSeconds: 16, minutes: 0.5, eventsAMinute: 5 } },
  kills: { settings: { worlds: 3, kills: 20, lanes: 3, seed: 1 } },
  "kills-in-action": { settings: { kills: 8, lanes: 2, seed: 1 } },
  quota: { settings: { minutes: 10, share: 0.03, days: [{ size: 20, seeds: [1] }] } },
};

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
  },
});
/** What takes an hour runs only where it is named. */
const long = ["memory-hour", "kills", "kills-in-action"];
const wanted = values.only ?? Object.keys(parts).filter((name) => !long.includes(name));
const unknown = wanted.find((name) => !(name in parts));
if (unknown !== undefined) {
  process.stderr.write(`There is no part "${unknown}". The parts are: ${Object.keys(parts).join(", ")}.\n`);
  process.exit(2);
}

const ledger = {
  at: new Date().toISOString(),
  node: process.version,
  cores: availableParallelism(),
  loadBefore: loadavg()[0],
  quick: values.quick,
  parts: {},
};
const figures = [];
const tables = [];
for (const name of Object.keys(parts).filter((part) => wanted.includes(part))) {
  const note = (line) => process.stderr.write(`${line}\n`);
  const found = await parts[name]({ ...(values.quick ? quick[name] : {}), note });
  ledger.parts[name] = found;
  const report = reports[name](found);
  figures.push(...report.figures);
  tables.push(...report.tables);
}
ledger.loadAfter = loadavg()[0];

const file = new URL(`results/${ledger.at.replaceAll(":", "-")}.json`, import.meta.url);
mkdirSync(new URL("results/", import.meta.url), { recursive: true });
writeFileSync(file, `${JSON.stringify(ledger, null, 2)}\n`);
const load = `load ${ledger.loadBefore.toFixed(1)} before, ${ledger.loadAfter.toFixed(1)} after`;
console.log(`Node ${process.version}, ${ledger.cores} cores, ${load}, ${ledger.at.slice(0, 10)}\n`);
console.log(renderTable(figures));
for (const table of tables) console.log(`\n${table}`);
