import { expect, it } from "vitest";
import { toStatusLines } from "../../src/cli/status/lines.js";
import type { Look } from "../../src/cli/status/look.js";
import { stopped, toStatusReport } from "../../src/operations/status-report.js";

const plain = (_style: string, text: string) => text;
const reloadProblem = "config.yaml:3:1: unknown key – did you mean: telegram";
const note = "Mend config.yaml; then `kill -HUP 17` makes it take the new settings.";
const look: Look = {
  report: toStatusReport(null, {
    ...{ connectionIds: null, declared: null, now: 0 },
    daemon: { ...stopped, running: true, reloadProblem },
  }),
  ...{ now: 0, isStarted: false, notes: [note], exit: 0, sayShortfall: () => "" },
};

it("breaks what asks for attention in a narrow terminal, and cuts nothing of it", () => {
  const lines = toStatusLines(look, { style: plain, width: 40 });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  const told = lines.join(" ").replace(/\s+/g, " ");
  expect(told).toContain(reloadProblem);
  expect(told).toContain(note);
});

it("leaves it in one line where nobody looks", () => {
  expect(toStatusLines(look, { style: plain, width: null })).toContain(`! ${note}`);
});
