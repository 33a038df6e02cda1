import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  type DaemonState,
  readDaemonState,
  removeDaemonState,
  writeDaemonState,
} from "../../src/lib/daemon-state.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daemon-state-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const state: DaemonState = {
  ...{ pid: 7, version: "0.1.0", startedAt: 1, at: 2, rssBytes: 3, heapBytes: 4, node: "20.1.0" },
  ...{ loopDelayMs: 5, bot: "our_bot", reloadedAt: null, reloadProblem: null },
  telegramTrouble: { what: "silent", since: 6 },
};

it("reads what was written, with nothing left beside it, for its owner alone", () => {
  writeDaemonState(folder, state);
  writeDaemonState(folder, { ...state, at: 9 });
  expect(readDaemonState(folder)).toEqual({ ...state, at: 9 });
  expect(readdirSync(folder)).toEqual(["daemon.json"]);
  if (process.platform !== "win32") expect(statSync(join(folder, "daemon.json")).mode & 0o077).toBe(0);
  removeDaemonState(folder);
  removeDaemonState(folder);
  expect(readDaemonState(folder)).toBeNull();
});

it.each(["", "{", "null", "[]", '"text"', JSON.stringify({ ...state, pid: "7" }), '{"pid":7}'])(
  "takes %j for no state",
  (text) => {
    writeFileSync(join(folder, "daemon.json"), text);
    expect(readDaemonState(folder)).toBeNull();
  },
);

it("takes what cannot be read for no state", () => {
  mkdirSync(join(folder, "daemon.json"));
  expect(readDaemonState(folder)).toBeNull();
  expect(readDaemonState(join(folder, "nowhere"))).toBeNull();
});
