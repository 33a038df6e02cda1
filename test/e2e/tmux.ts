import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

export interface TerminalOptions {
  columns?: number;
  rows?: number;
  env?: Record<string, string>;
}

/** A real terminal with a shell in it, on a server of its own that ends with `close`. */
export interface Terminal {
  /** What is on the screen now, without spaces at the ends of lines. */
  screen(): Promise<string>;
  /** Everything since the beginning, long lines whole. */
  history(): Promise<string>;
  /** Presses keys by tmux's names (`Enter`, `C-c`, `Down`). */
  press(...keys: string[]): void;
  /** Puts text in at once, as a paste does. */
  paste(text: string): void;
  /** Waits until the screen holds all of this, in this order; rejects with the screen. */
  see(...words: string[]): Promise<string>;
  /** Waits until one of these is on the screen, and tells which. */
  seeOneOf(words: readonly string[]): Promise<string>;
  /** Keys that were pressed, a paste counted as one. */
  pressed(): number;
  close(): void;
}

/** Only a test that fails waits that long. A machine that does much else at once takes a while to start a program. */
const patienceMs = 60_000;
const lookMs = 50;

const run = promisify(execFile);

export function openTerminal(options: TerminalOptions = {}): Terminal {
  const { columns = 80, rows = 24, env = {} } = options;
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-tmux-"));
  const server = ["-S", join(folder, "socket"), "-u", "-f", "/dev/null"];
  const tmux = (...words: string[]) => {
    const ran = spawnSync("tmux", [...server, ...words], { encoding: "utf8" });
    if (ran.status !== 0) throw new Error(`tmux ${words[0] ?? ""} failed: ${ran.stderr}`);
  };
  // Looked at often, by a process in which the servers live that the program waits for: it must not stand still meanwhile.
  const look = async (...words: string[]) =>
    (await run("tmux", [...server, "capture-pane", ...words])).stdout;
  const basic = { PATH: process.env["PATH"] ?? "", HOME: folder, LANG: "C.UTF-8", PS1: "$ " };
  const variables = Object.entries({ ...basic, TERM: "tmux-256color", ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), "env", "-i", ...variables, "sh");
  let count = 0;
  const screen = async () => (await look("-p")).replace(/ +$/gm, "").trimEnd();
  const until = async (what: string, find: (shown: string) => string | undefined): Promise<string> => {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const shown = await screen();
      const found = find(shown);
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`${what} is not on the screen:\n${shown}`);
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  };
  return {
    screen,
    history: () => look("-p", "-J", "-S", "-"),
    press(...keys) {
      count += keys.length;
      for (const key of keys) tmux("send-keys", key);
    },
    paste(text) {
      count += 1;
      tmux("send-keys", "-l", "--", text);
    },
    see: (...words) =>
      until(`“${words.join("”, “")}”`, (shown) => (holdsInOrder(shown, words) ? shown : undefined)),
    seeOneOf: (words) =>
      until(`one of “${words.join("”, “")}”`, (shown) => words.find((word) => shown.includes(word))),
    pressed: () => count,
    close() {
      tmux("kill-server");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function holdsInOrder(text: string, words: readonly string[]): boolean {
  let from = 0;
  return words.every((word) => {
    const at = text.indexOf(word, from);
    from = at + word.length;
    return at >= 0;
  });
}
