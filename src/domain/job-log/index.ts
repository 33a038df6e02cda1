import { hideShapes } from "../../lib/secret-shapes.js";
import { toExcerpt } from "./excerpt.js";
import { findFailedStep, type StepHint } from "./failed-step.js";
import { toLogItems, toText } from "./lines.js";

/** No screen shows more of a log. */
const mostBytes = 64 * 1024;

export interface FailedStepLog {
  /** The end of the failed step, as a person reads it, without anything that looks like a credential. */
  lines: string[];
  /** At most three lines that say what went wrong. */
  excerpt: string[];
  /** Whether the end of the failed step is surely in the text; if not, more of the log may show it. */
  certain: boolean;
}

/** What a job's stored log says of its failure. `cut`: the text is the end of a longer log. */
export function readFailedStep(raw: string, options: StepHint & { cut?: boolean } = {}): FailedStepLog {
  const step = findFailedStep(toLogItems(raw, options.cut), options);
  const shown = lastLines(step.lines.map(toText), mostBytes);
  return {
    lines: hideShapes(shown.join("\n")).split("\n"),
    excerpt: toExcerpt(step.lines),
    certain: step.certain,
  };
}

const gap = "…";

/** At most `maxBytes` of the end, in whole lines; what says what went wrong comes first where it lies before that. */
export function toTail(
  { lines, excerpt }: Pick<FailedStepLog, "lines" | "excerpt">,
  maxBytes: number,
): string {
  const tail = lastLines(lines, maxBytes);
  const missing = excerpt.filter((line) => !tail.some((shown) => shown.includes(line.replace(/…$/, ""))));
  if (missing.length === 0) return tail.join("\n");
  const head = [...missing, gap].join("\n");
  const room = maxBytes - Buffer.byteLength(head) - 1;
  // So little room is better left to the end alone.
  if (room < maxBytes / 2) return tail.join("\n");
  return [head, ...lastLines(lines, room)].join("\n");
}

function lastLines(lines: readonly string[], maxBytes: number): string[] {
  const kept: string[] = [];
  let size = 0;
  for (const line of lines.toReversed()) {
    const next = size + Buffer.byteLength(line) + (kept.length === 0 ? 0 : 1);
    if (next > maxBytes) break;
    kept.unshift(line);
    size = next;
  }
  if (kept.length > 0) return kept;
  const last = lines.at(-1);
  return last === undefined ? [] : [endOf(last, maxBytes)];
}

/** One line longer than the whole limit: its end says more than nothing, from a whole character on. */
function endOf(line: string, maxBytes: number): string {
  const bytes = Buffer.from(line).subarray(-maxBytes);
  const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return bytes.subarray(Math.max(start, 0)).toString();
}
