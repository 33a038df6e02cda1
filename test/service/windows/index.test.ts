import { describe, expect, it } from "vitest";
import { quoteWindows } from "../../../src/service/windows/quote.js";
import { createScheduledTask, toTaskXml } from "../../../src/service/windows/scheduled-task.js";
import { createWinsw, toWinswXml } from "../../../src/service/windows/winsw.js";
import { serviceManagerContract } from "../../contracts/service-manager-contract.js";
import { aMachine, aSpec } from "../fake-machine.js";
import { parseXml } from "../parse-xml.js";

const folder = "C:\\Users\\Mïa B\\AppData\\Local\\gitnotify\\service";
const spec = aSpec({
  node: "C:\\Program Files\\nodejs\\node.exe",
  script: "C:\\Users\\Mïa B\\npm & co\\gitnotify.cjs",
  options: ["--home", "D:\\R&D <x>\\bot\\"],
  environment: { NO_PROXY: 'a "b" & c' },
  logsDir: "C:\\Users\\Mïa B\\logs",
  home: "D:\\R&D <x>--\\bot",
});

function aTask() {
  const state = { running: false, there: false };
  const machine = aMachine({
    schtasks: ([verb]) => {
      if (verb === "/Create") state.there = true;
      if (verb === "/Run") state.running = true;
      if (verb === "/End" || verb === "/Delete") {
        if (!state.there) return { code: 1, stderr: "ERROR" };
        state.running = false;
      }
      if (verb === "/Delete") state.there = false;
      return 0;
    },
    powershell: () => (state.there ? { stdout: state.running ? "4\r\n" : "3\r\n" } : 1),
  });
  const manager = createScheduledTask({
    runner: machine.runner,
    name: "gitnotify",
    account: "CORP\\Mïa",
    folder,
    logsDir: spec.logsDir,
  });
  return { manager, machine, state };
}

function aWinsw() {
  const state = { running: false };
  const program = `${folder}\\gitnotify-service.exe`;
  const machine = aMachine({
    [program]: ([verb]) => {
      if (verb === "start" || verb === "restart") state.running = true;
      if (verb === "stop" || verb === "stopwait") state.running = false;
      return verb === "status" ? { stdout: state.running ? "Started\r\n" : "Stopped\r\n" } : 0;
    },
  });
  const manager = createWinsw({
    runner: machine.runner,
    name: "gitnotify",
    winsw: "C:\\tools\\winsw.exe",
    folder,
    logsDir: spec.logsDir,
  });
  return { manager, machine, state };
}

for (const [name, make] of [
  ["a scheduled task", aTask],
  ["WinSW", aWinsw],
] as const) {
  serviceManagerContract(name, {
    make: () => {
      const { manager, machine, state } = make();
      return { manager, files: () => [...machine.files.keys()], running: () => state.running };
    },
    spec,
  });
}

describe("the task", () => {
  const xml = parseXml(toTaskXml(spec, { account: "CORP\\Mïa & Co" }));

  it("is well-formed and runs as the person, when they log in, for ever", () => {
    expect(xml.texts("UserId")).toEqual(["CORP\\Mïa & Co", "CORP\\Mïa & Co"]);
    expect(xml.texts("LogonType")).toEqual(["InteractiveToken"]);
    expect(xml.texts("ExecutionTimeLimit")).toEqual(["PT0S"]);
    expect(xml.texts("RestartOnFailure")).toHaveLength(1);
  });

  it("holds each word of the command line, quoted as Windows takes it apart", () => {
    expect(xml.texts("Arguments")).toEqual([
      '--headless "C:\\Program Files\\nodejs\\node.exe" --max-semi-space-size=1 "C:\\Users\\Mïa B\\npm & co\\gitnotify.cjs" --home "D:\\R&D <x>\\bot\\\\" start',
    ]);
  });

  it("is written in UTF-16 with its mark, as its first line says", async () => {
    const { manager, machine } = aTask();
    await manager.install(spec);
    const [file] = [...machine.files.values()];
    expect(file?.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfe]));
    expect(parseXml(file?.toString("utf16le") ?? "").texts("Description")).toHaveLength(1);
  });
});

describe("the settings of WinSW", () => {
  const xml = parseXml(toWinswXml(spec, { name: "gitnotify", logsDir: spec.logsDir }));

  it("are well-formed and hold each word as it was", () => {
    expect(xml.texts("executable")).toEqual([spec.node]);
    expect(xml.texts("argument")).toEqual(["--max-semi-space-size=1", spec.script, ...spec.options, "start"]);
    expect(xml.attributes("env", "value")).toEqual(['a "b" & c']);
  });

  it("restart after a failure and ask for the person's password without keeping it", () => {
    expect(xml.attributes("onfailure", "action")).toEqual(["restart", "restart"]);
    expect(xml.texts("prompt")).toEqual(["console"]);
    expect(xml.texts("password")).toEqual([]);
  });

  it("are asked for the password once: an upgrade registers nothing anew", async () => {
    const { manager, machine } = aWinsw();
    await manager.install(spec);
    await manager.install(spec);
    expect(machine.shown).toEqual([`${folder}\\gitnotify-service.exe install`]);
  });
});

describe("quoteWindows", () => {
  it.each([
    ["plain", "plain"],
    ["", '""'],
    ["a b", '"a b"'],
    ["a b\\", '"a b\\\\"'],
    ['say "x"', '"say \\"x\\""'],
    ['\\"', '"\\\\\\""'],
    ["C:\\x\\", "C:\\x\\"],
  ])("writes %j as %s", (word, quoted) => {
    expect(quoteWindows(word)).toBe(quoted);
  });
});
