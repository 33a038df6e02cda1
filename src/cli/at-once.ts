import { readFileSync, writeSync } from "node:fs";
import { isatty } from "node:tty";
import manifest from "../../package.json" with { type: "json" };

/** The columns that the build writes the help for, as commander does where nobody knows the width. */
const helpColumns = 80;

/**
 * What scripts ask most often, answered before commander is loaded, which would answer the same. `helpFile` is what it answered
 * when this was built. Returns whether that was all.
 */
export function answerAtOnce(given: readonly string[], helpFile: URL): boolean {
  const [word = "", ...more] = given;
  if (more.length > 0) return false;
  if (["--version", "-V"].includes(word)) return print(`${manifest.version}\n`);
  if (!["--help", "-h", "help"].includes(word) || isNarrow()) return false;
  const help = readIfThere(helpFile);
  return help !== null && print(help);
}

function isNarrow(): boolean {
  return isatty(1) && process.stdout.columns < helpColumns;
}

function readIfThere(file: URL): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** Opening process.stdout takes a tenth of what a bare Node takes. A reader that has gone away needs no answer. */
function print(text: string): true {
  try {
    writeSync(1, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") process.stdout.write(text);
    else if (code !== "EPIPE") process.exitCode = 1;
  }
  return true;
}
