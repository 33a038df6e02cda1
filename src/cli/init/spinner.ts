import type { Writable } from "node:stream";
import type { CliIo } from "../context.js";

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
 * Shows one line while `work` runs, and takes it away again. clack's own spinner ends the process at Ctrl-C, before anything
 * could be put in order. What is typed meanwhile is dropped: it was not meant for a question that is not there yet.
 */
export async function spin<T>(
  options: SpinnerOptions,
  words: string,
  work: (say: (words: string) => void) => Promise<T>,
): Promise<T> {
  const { screen, columns, unicode, bar } = options;
  const drawn = unicode ? frames.unicode : frames.ascii;
  let now = words;
  let count = 0;
  let shown = false;
  const draw = () => {
    if (!shown) screen.write(`\u001b[?25l${bar}\n`);
    shown = true;
    options.standing.clear = erase;
    const line = `${drawn[count++ % drawn.length] ?? ""}  ${now}`;
    screen.write(`\r\u001b[2K${[...line].slice(0, Math.max(10, columns() - 1)).join("")}`);
  };
  const erase = () => {
    options.standing.clear = undefined;
    // The bar above the line goes too, so that what follows stands where the line stood.
    if (shown) screen.write("\r\u001b[2K\u001b[1A\u001b[2K\u001b[?25h");
    shown = false;
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
