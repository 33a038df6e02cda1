import type { Writable } from "node:stream";
import type { CliIo } from "../context.js";
import { wrap } from "./screen.js";

const frames = { unicode: ["◒", "◐", "◓", "◑"], ascii: ["|", "/", "-", "\\"] } as const;
const frameMs = 100;
/** What is done sooner is not worth a line that comes and goes. */
const patienceMs = 150;

export interface SpinnerOptions {
  stdin: CliIo["stdin"];
  screen: Writable;
  columns: () => number;
  unicode: boolean;
  bar: string;
  /** Ctrl-C was pressed: the terminal is in raw mode, in which it is a letter and no signal. */
  onInterrupt: () => void;
  /** Takes the line off the screen while it stands there, so that something can be told; it comes back by itself. */
  standing: { clear?: (() => void) | undefined };
  /** Enter was pressed. */
  onEnter?: (() => void) | undefined;
}

/**
 * Shows what goes on while `work` runs, and takes it away again. clack's own spinner ends the process at Ctrl-C, before anything
 * could be put in order. What is typed meanwhile is dropped: it was not meant for a question that is not there yet.
 */
export async function spin<T>(
  options: SpinnerOptions,
  words: string,
  work: (show: (words: string) => void) => Promise<T>,
): Promise<T> {
  const { columns, unicode, bar } = options;
  const drawn = unicode ? frames.unicode : frames.ascii;
  let now = words;
  let count = 0;
  const place = createPlace(options.screen);
  const erase = () => {
    options.standing.clear = undefined;
    place.leave();
  };
  const draw = () => {
    options.standing.clear = erase;
    const [first = "", ...more] = wrap(now, Math.max(10, columns() - 4));
    const sign = drawn[count++ % drawn.length] ?? "";
    place.show([bar, `${sign}  ${first}`, ...more.map((line) => `${bar}  ${line}`)]);
  };
  const release = holdKeys(options);
  const first = setTimeout(() => {
    draw();
    timer = setInterval(draw, frameMs);
  }, patienceMs);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await work((next) => {
      now = next;
    });
  } finally {
    clearTimeout(first);
    clearInterval(timer);
    erase();
    release();
  }
}

/** A few lines that are drawn over what they showed before. */
function createPlace(screen: Writable): { show: (lines: readonly string[]) => void; leave: () => void } {
  let height = 0;
  // From the first of them on: what follows stands where they stood.
  const back = () => `\r${height > 1 ? `\u001b[${height - 1}A` : ""}\u001b[0J`;
  return {
    show(lines) {
      screen.write(`\u001b[?25l${back()}${lines.join("\n")}`);
      height = lines.length;
    },
    leave() {
      if (height > 0) screen.write(`${back()}\u001b[?25h`);
      height = 0;
    },
  };
}

function holdKeys({ stdin, onInterrupt, onEnter }: SpinnerOptions): () => void {
  if (stdin.isTTY !== true) return () => {};
  const onData = (keys: Buffer | string) => {
    if (String(keys).includes("\u0003")) onInterrupt();
    else if (/^[\r\n]$/.test(String(keys))) onEnter?.();
  };
  stdin.setRawMode?.(true);
  stdin.on("data", onData).resume();
  return () => {
    stdin.off("data", onData).pause();
    stdin.setRawMode?.(false);
  };
}
