import { expect, it } from "vitest";
import { stopped } from "../../src/operations/status-report.js";
import { toStatusLines } from "../../src/cli/status/lines.js";

const plain = (_style: string, text: string) => text;
const look = {
  report: {
    ...{ connections: [], sources: { total: 0, failing: 0, paused: 0, slowest: [], troubled: [] } },
    ...{ owner: null, outbox: { owed: 0, delivered: 0, dead: 0 } },
    daemon: {
      ...stopped,
      running: true,
      reloadProblem: "config.yaml:3:1: unknown key – did you mean: telegram",
    },
  },
  now: 0,
  isStarted: false,
  notes: ["Mend config.yaml, then `kill -HUP 17` makes it take the new settings."],
  exit: 0,
} as unknown as Parameters<typeof toStatusLines>[0];

it("breaks what asks for attention in a narrow terminal, and cuts nothing of it", () => {
  const lines = toStatusLines(look, { style: plain, width: 40 });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  const told = lines.join(" ").replace(/\s+/g, " ");
  expect(told).toContain("did you mean: telegram");
  expect(told).toContain("makes it take the new settings.");
});

it("leaves it in one line where nobody looks", () => {
  expect(toStatusLines(look, { style: plain, width: null }).join("\n")).toContain(look.notes[0]);
});
