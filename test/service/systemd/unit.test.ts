import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toExecLine, toEnvironmentWord } from "../../../src/service/systemd/escape.js";
import { readMark, toSystemUnit, toUserUnit } from "../../../src/service/systemd/unit.js";
import { aSpec } from "../fake-machine.js";

const hasVerify = isThere("systemd-analyze");

describe("toExecLine", () => {
  it("leaves plain words as they are", () => {
    expect(toExecLine(["/usr/bin/node", "--max-semi-space-size=1", "/opt/a.js", "start"])).toBe(
      '"/usr/bin/node" --max-semi-space-size=1 /opt/a.js start',
    );
  });

  it("doubles percent signs everywhere and dollars in arguments, where systemd looks for variables", () => {
    expect(toExecLine(["/opt/1% $x/node", "5% $HOME ${x}"])).toBe('"/opt/1%% $x/node" "5%% $$HOME $${x}"');
  });

  it("escapes quotes, backslashes and line ends", () => {
    expect(toExecLine(["/n", 'a "b" \\ \n'])).toBe('"/n" "a \\"b\\" \\\\ \\n"');
  });

  it("lets env begin a program whose path systemd refuses", () => {
    expect(toExecLine(["/it's/node", "x"])).toBe(`/usr/bin/env "/it's/node" x`);
  });
});

describe("toEnvironmentWord", () => {
  it("knows no dollars there", () => {
    expect(toEnvironmentWord("HTTPS_PROXY", "http://p%20$x y")).toBe('"HTTPS_PROXY=http://p%%20$x y"');
  });
});

describe("the units", () => {
  const unit = toUserUnit(aSpec({ options: ["--home", "/home/mia/a b"] }), { name: "gitnotify" });

  it("starts again after crashes and never for what needs a person", () => {
    expect(unit).toContain("Restart=on-failure");
    expect(unit).toContain("RestartPreventExitStatus=2 3 4");
    expect(unit).toContain("StartLimitIntervalSec=0");
  });

  it("leaves no core dump, in which tokens would be", () => {
    expect(unit).toContain("WatchdogSignal=SIGKILL");
    expect(unit).toContain("LimitCORE=0");
  });

  it("remembers its home, whatever it is called, and linger only when it is ours", () => {
    const odd = "/home/mia/Ü %h\n]";
    const marked = toUserUnit(aSpec({ home: odd }), { name: "gitnotify", lingerIsOurs: true });
    expect(readMark(marked, "Home")).toBe(odd);
    expect(readMark(marked, "Linger")).toBe("ours");
    expect(readMark(unit, "Linger")).toBeNull();
  });

  it("loads each secret as an encrypted credential", () => {
    const text = toSystemUnit(aSpec({ secrets: ["telegram", "member/42/work"] }), { name: "other" });
    expect(text).toContain(
      "LoadCredentialEncrypted=gitnotify.telegram:/etc/credstore.encrypted/other.telegram\n",
    );
    expect(text).toContain(
      "LoadCredentialEncrypted=gitnotify.member.42.work:/etc/credstore.encrypted/other.member.42.work\n",
    );
    expect(text).toContain("StateDirectory=other\n");
  });

  it.skipIf(!hasVerify)("are understood by systemd, key by key (needs systemd-analyze)", () => {
    const folder = mkdtempSync(join(tmpdir(), "gitnotify-unit-"));
    try {
      const spec = aSpec({
        node: process.execPath,
        script: "/a %b $c/ü.js",
        environment: { A: "1 % $" },
        secrets: ["telegram"],
      });
      for (const text of [
        toUserUnit(spec, { name: "gitnotify" }),
        toSystemUnit(spec, { name: "gitnotify" }),
      ]) {
        const file = join(folder, "gitnotify.service");
        writeFileSync(file, text);
        expect(verify(file)).not.toMatch(/gitnotify\.service:\d+/);
      }
      // What it says of a key that it does not know, or the test above could not fail.
      writeFileSync(join(folder, "wrong.service"), "[Service]\nExecStart=/bin/true\nWatchdogSek=1\n");
      expect(verify(join(folder, "wrong.service"))).toMatch(/wrong\.service:3/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** It ends with 0 whatever it finds: what it says is on stderr. */
function verify(file: string): string {
  const line = `systemd-analyze verify --man=no '${file}' 2>&1 || true`;
  return execFileSync("sh", ["-c", line], { encoding: "utf8" });
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
