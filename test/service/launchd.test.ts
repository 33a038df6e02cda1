import { describe, expect, it } from "vitest";
import { createLaunchd, toPlist } from "../../src/service/launchd.js";
import { serviceManagerContract } from "../contracts/service-manager-contract.js";
import { aMachine, aSpec } from "./fake-machine.js";
import { parseXml } from "./parse-xml.js";

/** launchctl, as far as it is used: a job is in the session or not. */
function aMac() {
  const state = { loaded: false };
  const machine = aMachine({
    launchctl: ([verb]) => {
      switch (verb) {
        case "print":
          return state.loaded
            ? { stdout: "gui/501/gitnotify.daemon = {\n\tstate = running\n\tpid = 77\n}\n" }
            : 113;
        case "bootstrap":
          if (state.loaded) return { code: 5, stderr: "Bootstrap failed: 5: Input/output error" };
          state.loaded = true;
          return;
        case "bootout":
          state.loaded = false;
          return;
        default:
          return;
      }
    },
    sleep: () => 0,
  });
  const manager = createLaunchd({
    runner: machine.runner,
    homedir: "/Users/mia",
    uid: 501,
    name: "gitnotify",
  });
  return { manager, machine, state };
}

serviceManagerContract("launchd", {
  make: () => {
    const { manager, machine, state } = aMac();
    return { manager, files: () => [...machine.files.keys()], running: () => state.loaded };
  },
  spec: aSpec({ home: "/Users/mia/Library/Application Support/--gitnotify--" }),
});

describe("the plist", () => {
  const odd = "/Users/mia/R&D <ü> \"x\" 'y' --/gitnotify";
  const spec = aSpec({
    options: ["--home", odd],
    environment: { NO_PROXY: "a,<b>" },
    logsDir: `${odd}/logs`,
  });
  const plist = parseXml(toPlist(spec, "gitnotify.daemon"));

  it("is well-formed and holds each word as it was", () => {
    expect(plist.texts("string")).toEqual(
      expect.arrayContaining([spec.node, spec.script, "--home", odd, "start", "a,<b>"]),
    );
  });

  it("starts at login, again after failures, and in the background", () => {
    expect(plist.texts("key")).toEqual(
      expect.arrayContaining(["RunAtLoad", "KeepAlive", "SuccessfulExit", "ThrottleInterval", "ProcessType"]),
    );
  });

  it("shows the daemon's own log file, in the folder that it was installed with", async () => {
    const { manager, machine } = aMac();
    await manager.install(spec);
    await manager.logs({ follow: true, lines: 5, json: false });
    expect(machine.shown).toEqual([`tail -n 5 -F ${odd}/logs/gitnotify.log`]);
  });
});
