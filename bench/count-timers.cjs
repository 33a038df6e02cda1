// Loaded before the daemon (`--require`): counts the timers that the program sets. SIGUSR2 has the count and the
// processor time so far written to a file: /proc counts that in hundredths of a second alone.
const { writeFileSync } = require("node:fs");
const timers = require("node:timers");
const promises = require("node:timers/promises");

let count = 0;
for (const [owner, names] of [
  [globalThis, ["setTimeout", "setInterval", "setImmediate"]],
  [timers, ["setTimeout", "setInterval", "setImmediate"]],
  [promises, ["setTimeout", "setImmediate"]],
])
  for (const name of names) {
    const original = owner[name];
    owner[name] = Object.assign(function (...values) {
      count += 1;
      return original.apply(this, values);
    }, original);
  }
process.on("SIGUSR2", () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.SPENT, JSON.stringify({ timers: count, cpuMs: (user + system) / 1000 }));
});
