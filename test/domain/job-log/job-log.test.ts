import { describe, expect, it } from "vitest";
import { readFailedStep, toTail } from "../../../src/domain/job-log/index.js";
import { gitHubLog, gitLabLog, logShapes, stamped } from "./log-shapes.js";

describe("the lines that say what went wrong", () => {
  it.each(logShapes)("of $name", ({ raw, excerpt }) => {
    expect(readFailedStep(raw).excerpt).toEqual(excerpt);
  });

  it("hold no credential and are short", () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    const [line = ""] = readFailedStep(
      gitHubLog("./push.sh", [`fatal: https://bot:${token}@host/x refused ${"y".repeat(500)}`]),
    ).excerpt;
    expect(line).toMatch(/^fatal: https:\/\/\*\*\*@host\/x refused y+…$/);
    expect(line.length).toBe(200);
  });

  it("are not taken from the script that the step repeats, nor from reports of success", () => {
    const { excerpt } = readFailedStep(
      gitHubLog('echo "error: not yet"; ./run', ["12 passed, 0 failed", "Errors: 0", "gone away"]),
    );
    expect(excerpt).toEqual(["gone away", "Error: Process completed with exit code 1."]);
  });
});

describe("the failed step of a log", () => {
  it("ends with its last error on GitHub, whatever ran afterwards", () => {
    const { lines, certain } = readFailedStep(gitHubLog("npm test", ["one", "two"]));
    expect(lines.slice(-3)).toEqual(["one", "two", "Error: Process completed with exit code 1."]);
    expect(lines[0]).toBe("Run npm test");
    expect(certain).toBe(true);
  });

  it("is the script on GitLab, with the runner's last word, whatever ran afterwards", () => {
    const { lines, certain } = readFailedStep(gitLabLog(["one", "two"]));
    expect(lines).toEqual([
      'Executing "step_script" stage of the job script',
      "$ make test",
      "one",
      "two",
      "ERROR: Job failed: exit code 1",
    ]);
    expect(certain).toBe(true);
  });

  it("is known by its time where another step failed too and was allowed to", () => {
    const log = stamped([
      "##[group]Run ./real", "##[endgroup]", "real trouble", "##[error]Process completed with exit code 1.",
      "##[group]Run ./always", "##[endgroup]", "later trouble", "##[error]Process completed with exit code 2.",
      "Post job cleanup.",
    ]); // prettier-ignore
    const from = Date.UTC(2026, 0, 1);
    expect(readFailedStep(log, { from, to: from + 3000 }).lines).toContain("real trouble");
    expect(readFailedStep(log, { from, to: from + 3000 }).lines).not.toContain("later trouble");
    expect(readFailedStep(log, { name: "Run ./real" }).lines).toContain("real trouble");
    expect(readFailedStep(log).lines).toContain("later trouble");
  });

  it("is not certain in a piece that begins after it", () => {
    const piece = gitHubLog("npm test", []).slice(-900);
    expect(readFailedStep(piece, { cut: true }).certain).toBe(false);
    const middle = gitLabLog(Array.from({ length: 50 }, (_, line) => `line ${line}`));
    const cut = readFailedStep(middle.slice(middle.indexOf("line 40")), { cut: true });
    expect(cut).toMatchObject({ certain: true });
    expect(cut.lines[0]).toBe("line 41");
  });
});

describe("the lines of a log", () => {
  const plain = (text: string) => readFailedStep(text).lines;

  it("show the last state of what was written over itself", () => {
    expect(plain("Downloading 1%\r 50%\r 100%\nnext\r\n")).toEqual([" 100%", "next"]);
    expect(plain(stamped(["Downloading 1%\r 50%\r 100%"]))).toEqual([" 100%"]);
  });

  it("have no colours, instants or marks", () => {
    expect(
      plain(
        "2026-01-01T00:00:00.123456Z 01O \u001b[31mred\u001b[0m\n2026-01-01T00:00:00.123456Z 01E+ and on",
      ),
    ).toEqual(["red and on"]);
    expect(
      plain("##[group]Build\n##[add-matcher]x.json\n##[endgroup]\n##[warning]old\n[command]/bin/true"),
    ).toEqual(["Build", "Warning: old", "/bin/true"]);
  });

  it("keep what a person wrote, also in other scripts", () => {
    expect(plain("ошибка: [31m не цвет\r\n✓ ok")).toEqual(["ошибка: [31m не цвет", "✓ ok"]);
  });
});

describe("the end of a log", () => {
  it("begins with what went wrong where that lies before it", () => {
    const log = readFailedStep(
      gitHubLog("cargo test", [
        "error[E0308]: mismatched types",
        ...Array.from({ length: 500 }, (_, line) => `note ${line}`),
      ]),
    );
    const tail = toTail(log, 300);
    expect(tail.split("\n").slice(0, 2)).toEqual(["error[E0308]: mismatched types", "…"]);
    expect(tail).toMatch(/note 499\nError: Process completed with exit code 1\.$/);
    expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(300);
  });

  it("has whole lines, or the end of one that is longer than the limit", () => {
    expect(toTail({ lines: ["one", "two", "three"], excerpt: ["two"] }, 9)).toBe("two\nthree");
    expect(toTail({ lines: [`${"x".repeat(50)}end`], excerpt: [] }, 10)).toBe("xxxxxxxend");
    const russian = toTail({ lines: ["я".repeat(50)], excerpt: [] }, 11);
    expect(russian).toBe("я".repeat(5));
    expect(toTail({ lines: [], excerpt: [] }, 10)).toBe("");
  });
});

describe("a hostile log", () => {
  it.each([
    ["one line of letters", "A".repeat(1_000_000)],
    ["many half keys", "-----BEGIN PRIVATE KEY-----\n".repeat(35_000)],
    ["many errors", "##[error]x: error: y > z\n".repeat(40_000)],
    ["one line of marks", "section_start:1:a\r".repeat(50_000)],
    ["one line written over itself", "1%\r".repeat(300_000)],
  ])("of a megabyte, %s, is read at once", (_, raw) => {
    const start = performance.now();
    toTail(readFailedStep(raw), 2500);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
