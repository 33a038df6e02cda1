import { readFileSync } from "node:fs";

/** The functions with the most time of their own in a profile of V8's, after so many seconds; milliseconds. */
export function findHeaviest(file, afterSeconds) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8"));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const own = new Map();
  const whole = new Map();
  let passed = 0;
  for (const [index, id] of samples.entries()) {
    const tookMs = timeDeltas[index] / 1000;
    passed += tookMs;
    if (passed < afterSeconds * 1000 || /\((idle|root)\)/.test(byId.get(id).callFrame.functionName)) continue;
    add(own, nameOf(byId.get(id)), tookMs);
    const seen = new Set();
    for (let at = id; at !== undefined; at = parents.get(at)) seen.add(nameOf(byId.get(at)));
    for (const name of seen) add(whole, name, tookMs);
  }
  const total = [...own.values()].reduce((sum, ms) => sum + ms, 0);
  return { total, own: heaviestOf(own, 15), whole: heaviestOf(whole, 40) };
}

function nameOf({ callFrame: { functionName, url, lineNumber } }) {
  return `${functionName || "(anonymous)"} ${url.split("/").slice(-2).join("/")}:${lineNumber + 1}`;
}

function add(sums, name, ms) {
  sums.set(name, (sums.get(name) ?? 0) + ms);
}

function heaviestOf(sums, most) {
  return [...sums].sort(([, a], [, b]) => b - a).slice(0, most).map(([name, ms]) => ({ name, ms: Math.round(ms * 10) / 10 })); // prettier-ignore
}
