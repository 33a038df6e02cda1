import { renderRows, renderTable, toFigure, toNumber, toSpread } from "./table.mjs";

/** What each part found, as figures with their goals. */
export const reports = {
  quota: (rows) => ({ figures: rows.flatMap(quotaFigures), tables: rows.flatMap(quotaTables) }),
  memory: (found) => ({ figures: found === null ? [] : memoryFigures(found), tables: [] }),
  "memory-hour": (found) => ({
    figures: found === null ? [] : memoryHourFigures(found),
    tables: found === null ? [] : [memoryHourTable(found)],
  }),
  cpu: (found) => ({
    figures: found === null ? [] : cpuFigures(found),
    tables: found === null ? [] : [cpuTable(found)],
  }),
  kills: (found) => ({ figures: killsFigures(found), tables: [] }),
  "kills-in-action": (found) => ({ figures: killsInActionFigures(found), tables: [] }),
  "start-up": (rows) => ({ figures: rows.flatMap(startUpFigures), tables: [] }),
  "first-poll": (found) => ({ figures: firstPollFigures(found), tables: [] }),
  compare: (found) => ({ figures: compareFigures(found), tables: [] }),
};

function quotaFigures(row) {
  const at = `${row.size} repositories, ${row.mode}`;
  const { naive, ours } = row;
  return [
    toFigure({
      name: `quota a minute: ${at}`,
      ours: `${toNumber(ours.cost.median)} (REST ${toNumber(ours.core.median)} + GraphQL ${toNumber(ours.graphql.median)})`,
      baseline: toNumber(naive.cost.median),
      ratio: `1/${toSpread(row.quotaRatio)}`,
      goal: "<= 1/50",
      reached: row.quotaRatio.median >= 50,
    }),
    toFigure({
      name: `of an account's 5000 points an hour: ${at}`,
      ours: toShare(Math.max(ours.core.median, ours.graphql.median)),
      baseline: toShare(naive.cost.median),
      ratio: "",
      goal: "<= 10 %",
      reached: shareOfHour(Math.max(ours.core.median, ours.graphql.median)) <= 0.1,
    }),
    toFigure({
      name: `kilobytes a minute: ${at}`,
      ours: toNumber(ours.bytes.median / 1000),
      baseline: toNumber(naive.bytes.median / 1000),
      ratio: `1/${toSpread(row.bytesRatio)}`,
      goal: "<= 1/20",
      reached: row.bytesRatio.median >= 20,
    }),
    toFigure({
      name: `requests a minute, free ones too: ${at}`,
      ours: `${toNumber(ours.requests.median)} (${toNumber(ours.unchanged.median)} unchanged)`,
      baseline: toNumber(naive.cost.median),
      ratio: toNumber(ours.requests.median / naive.cost.median),
    }),
    toFigure({
      name: `first poll, once: ${at}`,
      ours: toNumber(row.cold.ours.median),
      baseline: toNumber(row.cold.naive.median),
      ratio: toNumber(row.cold.ours.median / row.cold.naive.median),
    }),
    toFigure({
      name: `lost, told twice, of ${row.made} happenings: ${at}`,
      ours: `${row.lost}, ${row.twice}`,
      baseline: `${row.naiveUntold} lost`,
      ratio: "",
      goal: "0, 0",
      reached: row.lost === 0 && row.twice === 0,
    }),
    toFigure({
      name: `seconds until seen, p50 and p95: ${at}`,
      ours: `${toNumber(row.delays.p50.median)}, ${toNumber(row.delays.p95.median)}`,
      baseline: "",
      ratio: "",
    }),
  ];
}

/** REST and GraphQL have 5000 points an hour each, so that the greater of the two is what counts. */
function shareOfHour(pointsAMinute) {
  return (pointsAMinute * 60) / 5000;
}

function toShare(pointsAMinute) {
  return `${toNumber(100 * shareOfHour(pointsAMinute))} %`;
}

function quotaTables(row) {
  const rows = row.operations.map((operation) => [
    operation.operation,
    toNumber(operation.requests),
    toNumber(operation.unchanged),
    toNumber(operation.cost),
    toNumber(operation.bytes / 1000),
  ]);
  const table = renderRows(["operation", "requests", "unchanged", "quota", "kB"], rows);
  return [`Where it goes, a minute: ${row.size} repositories, ${row.mode}\n\n${table}`];
}

function memoryFigures(found) {
  return [
    toFigure({
      name: `resident megabytes, idle after ${found.requests} requests to ${found.repositories} repositories`,
      ours: toSpread(found.daemonMb),
      baseline: toSpread(found.bareMb),
      ratio: toNumber(found.ratio),
      goal: "<= 2.1",
      reached: found.ratio <= 2.1,
    }),
    toFigure({
      name: `the same at its highest, while it polled`,
      ours: toNumber(found.peakMb),
      baseline: toNumber(found.bareMb.min),
      ratio: toNumber(found.peakMb / found.bareMb.min),
    }),
    toFigure({
      name: "share of one core, idle",
      ours: `${toNumber(found.cpuShare * 100)} %`,
      baseline: "",
      ratio: "",
      goal: "<= 0.5 %",
      reached: found.cpuShare <= 0.005,
    }),
  ];
}

function cpuFigures({ quiet, busy, happened, minutes, repositories }) {
  const figure = (what, { cpuMs, timers, requests, bare }) =>
    toFigure({
      name: `seconds of a processor in ${minutes} minutes, ${repositories} projects, ${what}: ${timers} timers, ${requests} requests`,
      ours: toNumber(cpuMs / 1000),
      baseline: `${toNumber(bare.cpuMs / 1000)} (${bare.timers} timers)`,
      ratio: toNumber(cpuMs / bare.cpuMs),
    });
  return [figure("nothing happens", quiet), figure(`${happened} things happen`, busy)];
}

function cpuTable({ heaviest }) {
  const rows = heaviest.own.map(({ name, ms }) => [
    name,
    toNumber(ms),
    toNumber((100 * ms) / heaviest.total),
  ]);
  const table = renderRows(["function", "ms", "% of all"], rows);
  return `Where a quiet daemon spends its time, ${toNumber(heaviest.total)} ms in all\n\n${table}`;
}

function killsFigures(found) {
  const { p50, p95, max, count } = found.firstPollMs;
  const plain = (name, ours, ratio = "") => toFigure({ name, ours, baseline: "", ratio });
  const zero = (name, value) =>
    toFigure({ name, ours: value, baseline: "", ratio: "", goal: "0", reached: value === 0 });
  return [
    zero(`happenings without an event, of ${found.happenings}, ${found.total} kills`, found.unstored),
    zero("happenings with two events", found.twice),
    zero(`lost, of ${found.owed} things that chats were owed`, found.lost),
    plain("of these in cards, counted in digests", `${found.cards}, ${found.inDigests}`),
    zero("digests that count wrongly", found.miscounted),
    plain("put aside after three kills in the same message", found.putAside),
    zero("put aside, and the owner was not told", found.untoldDead),
    zero("came twice without saying so", found.unlabelled),
    plain(
      `came twice and said "possibly repeated", of ${found.messages} messages and edits`,
      found.labelled,
      `${toNumber(found.labelled / found.total)} a kill`,
    ),
    plain("cards that began anew after one was put aside", found.anew),
    zero("shown out of order of its subject", found.inversions),
    zero("worlds that did not come to rest", found.unsettled),
    zero("databases that were damaged", found.damaged),
    plain(
      `milliseconds from the restart to the first poll, ${count} times: p50, p95, max`,
      `${toNumber(p50)}, ${toNumber(p95)}, ${toNumber(max)}`,
    ),
  ];
}

function killsInActionFigures(found) {
  const zero = (name, value) =>
    toFigure({ name, ours: value, baseline: "", ratio: "", goal: "0", reached: value === 0 });
  const at = `${found.rounds} kills between a press or a command and its last word`;
  return [
    zero(`done more than once, ${at} (${found.done} done once)`, found.twice),
    zero("without a last word", found.silent),
    zero("the button that was used is still there", found.buttonsLeft),
    zero("something is still open half a minute later", found.restless),
    zero("rounds that could not be played", found.broke),
  ];
}

function memoryHourFigures(found) {
  const at = `${found.repositories} repositories, ${found.minutes} minutes, ${found.requests} requests of two daemons`;
  return [
    toFigure({
      name: `resident megabytes, last quarter against the second: ${at}`,
      ours: toNumber(found.residentAfter),
      baseline: toNumber(found.residentBefore),
      ratio: toNumber(found.residentAfter / found.residentBefore),
      goal: "<= 1.05",
      reached: found.residentAfter / found.residentBefore <= 1.05,
    }),
    toFigure({
      name: "megabytes of heap after a full collection, last against first",
      ours: toNumber(found.heapLast),
      baseline: toNumber(found.heapFirst),
      ratio: toNumber(found.heapLast / found.heapFirst),
    }),
    toFigure({
      name: "growth by the hour in the second half, megabytes: resident, heap",
      ours: `${toNumber(found.residentAnHour)}, ${toNumber(found.heapAnHour)}`,
      baseline: "",
      ratio: "",
    }),
  ];
}

function memoryHourTable({ growth, snapshotAt, minutes }) {
  const rows = growth.groups.map(({ name, objects, bytes, ways }) => [
    name,
    objects,
    toNumber(bytes / 1000),
    ways[0].way.replaceAll("|", " "),
  ]);
  const table = renderRows(["what", "objects", "kB", "held mostly by"], rows);
  return `New in the heap between minute ${snapshotAt} and ${minutes}, ${toNumber(growth.bytes / 1000)} kB\n\n${table}`;
}

const startUpGoals = {
  "--version": 1.25,
  "--help": 1.25,
  status: 2.5,
  "status before the first start": null,
};

function startUpFigures({ command, ms, ratio, runs, bare }) {
  const goal = startUpGoals[command];
  if (goal === undefined) return [];
  return [
    toFigure({
      name: `milliseconds of ${command}, ${runs} runs each: median (min to max)`,
      ours: toSpread(ms),
      baseline: toSpread(bare),
      ratio: `median ${toNumber(ratio.median)}, min ${toNumber(ratio.min)}`,
      ...(goal === null ? {} : { goal: `<= ${goal}`, reached: ratio.median <= goal }),
    }),
  ];
}

function firstPollFigures({ repositories, megabytes, runs, ms, bare, ratio }) {
  return [
    toFigure({
      name: `milliseconds from \`start\` to the first poll, ${repositories} repositories, ${toNumber(megabytes)} MB, ${runs} runs`,
      ours: toSpread(ms),
      baseline: toSpread(bare),
      ratio: `median ${toNumber(ratio.median)}, min ${toNumber(ratio.min)}`,
      goal: "<= 4",
      reached: ratio.median <= 4,
    }),
  ];
}

function compareFigures({ items, speeds, commits }) {
  const speed = (name, what) =>
    toFigure({
      name: `compared a second, ${items} items, ${what}`,
      ours: toSpread(speeds[name]),
      baseline: toSpread(speeds.plain),
      ratio: toNumber(speeds[name].median / speeds.plain.median),
      goal: ">= 20000",
      reached: speeds[name].median >= 20_000,
    });
  return [
    speed("unchanged", "unchanged"),
    speed("changed", "all changed"),
    toFigure({
      name: `milliseconds to commit ${items} changed items`,
      ours: toSpread(commits.ours.tookMs),
      baseline: toSpread(commits.raw.tookMs),
      ratio: toNumber(commits.ours.tookMs.median / commits.raw.tookMs.median),
    }),
    toFigure({
      name: "worst stall of the event loop meanwhile, ms",
      ours: toSpread(commits.ours.stallMs),
      baseline: toSpread(commits.raw.stallMs),
      ratio: toNumber(commits.ours.stallMs.median / commits.raw.stallMs.median),
      goal: "<= 50 ms",
      reached: commits.ours.stallMs.median <= 50,
    }),
  ];
}

export { renderTable };
