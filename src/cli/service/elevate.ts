import { spawn } from "node:child_process";
import { childEnvironment } from "../../lib/child-environment.js";
import { CliError, exitCode } from "../exit-code.js";

export interface ElevateOptions {
  /** For the command's stdin; sudo itself asks for the password at the terminal. */
  input?: string;
  env: Record<string, string | undefined>;
  note: (text: string) => void;
}

/** Runs a command of gitnotify as root by sudo, which asks for the password itself. Throws `CliError` when it does not end well. */
export async function runAsRoot(argv: readonly string[], options: ElevateOptions): Promise<void> {
  options.note(`This needs root: sudo ${argv.map(quoteShell).join(" ")}`);
  const ended = await new Promise<number | "absent">((resolve) => {
    const child = spawn("sudo", ["--", ...argv], {
      env: childEnvironment(options.env),
      stdio: ["pipe", "inherit", "inherit"],
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
    child.once("error", () => resolve("absent"));
    child.once("close", (code) => resolve(code ?? exitCode.failed));
  });
  if (ended === "absent") {
    throw new CliError(
      exitCode.failed,
      "this needs root, and there is no sudo here",
      `As root: ${argv.map(quoteShell).join(" ")}`,
    );
  }
  // What went wrong has been said by the command itself.
  if (ended !== exitCode.done) throw new CliError(toExitCode(ended), "");
}

function toExitCode(code: number) {
  return Object.values(exitCode).find((known) => known === code) ?? exitCode.failed;
}

/** For a POSIX shell. */
export function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
