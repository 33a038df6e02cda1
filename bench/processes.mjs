import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { program } from "./start-up.mjs";

/** `gitnotify start` in a process of its own, with these tokens and nothing of the machine's environment. `nodeOptions` go to Node. */
export function spawnDaemon({ home, secrets, nodeOptions = [], stdio = ["ignore", "ignore", "inherit"] }) {
  return spawn(process.execPath, [...nodeOptions, program, "--home", home, "start"], {
    ...{ stdio, cwd: home },
    env: { ...{ PATH: process.env.PATH, TZ: "UTC" }, ...secrets },
  });
}

/** Megabytes of VmRSS (resident) and RssAnon (of it, what is no file's). */
export function readStatus(pid) {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const read = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
  return { VmRSS: read("VmRSS"), RssAnon: read("RssAnon") };
}

/** User and system time; Linux counts it in hundredths of a second. */
export function readCpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await Promise.race([ended, wait(10_000)]);
  if (child.exitCode === null) child.kill("SIGKILL");
}
