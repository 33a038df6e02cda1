#!/usr/bin/env node
"use strict";
// Before anything is loaded: a signal that nobody hears ends the process in the middle of its start. What is heard here waits for
// the command to be known (src/cli/early-signals.ts).
const heard = [];
const hear = (signal) => heard.push(signal);
const names = ["SIGTERM", "SIGINT", "SIGHUP"];
for (const name of names) process.on(name, hear);
globalThis[Symbol.for("gitnotify.earlySignals")] = { heard, hear, names };
require("../dist/cli/main.cjs");
