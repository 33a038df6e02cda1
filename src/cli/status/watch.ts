import type { Writable } from "node:stream";
import { systemClock } from "../../lib/clock.js";
import type { CliContext } from "../context.js";
import { createStopSignal } from "../stop-signal.js";

const escape = "\u001b[";
/** The second screen, so that what stood in the terminal is there again afterwards, and no blinking cursor. */
const enter = `${escape}?1049h${escape}?25l`;
const leave = `${escape}?25h${escape}?1049l`;

export interface Watched {
  everyMs: number;
  /** On a second screen; else one picture below the other. */
  inPlace: boolean;
  /** Asked for each picture. When it rejects, the terminal is put in order first. */
  draw: () => Promise<string[]>;
}

/** Draws again and again until Ctrl-C. */
export async function watch(
  { io: { stdout } }: CliContext,
  { everyMs, inPlace, draw }: Watched,
): Promise<void> {
  const stop = createStopSignal();
  if (inPlace) stdout.write(enter);
  try {
    while (!stop.signal.aborted) {
      const lines = await draw();
      stdout.write(inPlace ? toScreen(lines, sizeOf(stdout).rows) : `${lines.join("\n")}\n`);
      await systemClock.sleep(everyMs, stop.signal).catch(() => undefined);
    }
  } finally {
    if (inPlace) stdout.write(leave);
    stop.dispose();
  }
}

/** From the upper left corner, each line wiped to its end, and what is left of a longer picture below: nothing flickers. */
function toScreen(lines: string[], rows: number): string {
  const shown = lines.length < rows ? lines : [...lines.slice(0, rows - 2), "…"];
  return `${escape}H${shown.map((line) => `${line}${escape}K\r\n`).join("")}${escape}J`;
}

/** Of a terminal; 80 × 24 where it does not say. */
export function sizeOf(stream: Writable): { columns: number; rows: number } {
  const read = (name: string, otherwise: number): number => {
    const value: unknown = Reflect.get(stream, name);
    return typeof value === "number" && value > 0 ? value : otherwise;
  };
  return { columns: read("columns", 80), rows: read("rows", 24) };
}
