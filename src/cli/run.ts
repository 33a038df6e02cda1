import { CommanderError } from "commander";
import type { CliContext, GlobalOptions } from "./context.js";
import { CliError, exitCode } from "./exit-code.js";
import { commands, createProgram } from "./program.js";
import type { Registry } from "./registry.js";

export interface RunOptions {
  /** Without the program's own name. */
  argv: readonly string[];
  env: CliContext["env"];
  io: CliContext["io"];
  /** In place of all commands and of what this build has, for tests. */
  entries?: typeof commands;
  registry?: CliContext["registry"];
}

/** Runs one command line to its end and answers with the exit code. Never throws and never shows a stack trace unasked. */
export async function runCli(options: RunOptions): Promise<number> {
  const { argv, env, io, entries = commands, registry = loadRegistry } = options;
  const program = createProgram({ env, io, registry }, entries);
  if (isBare(argv, program)) {
    io.stderr.write("Start with `gitnotify init`, which sets everything up step by step.\n\n");
  }
  try {
    await program.parseAsync(withHelpWord(argv), { from: "user" });
    return exitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) return toExitCode(error);
    return endWith(error, io.stderr, program.opts<GlobalOptions>());
  }
}

/** Says what went wrong and answers with the exit code. */
export function endWith(error: unknown, stderr: CliContext["io"]["stderr"], globals?: GlobalOptions): number {
  if (error instanceof CliError) {
    if (error.message !== "") stderr.write(describe(error));
    return error.exitCode;
  }
  stderr.write(isForeseen(error) ? describe(error) : describeUnforeseen(error, globals));
  return exitCode.failed;
}

async function loadRegistry(): Promise<Registry> {
  return (await import("./registry.js")).createRegistry();
}

/** `gitnotify help config` is what people type as often as `gitnotify config --help`. */
function withHelpWord(argv: readonly string[]): string[] {
  const at = firstWord(argv);
  return argv[at] === "help" ? [...argv.slice(0, at), ...argv.slice(at + 1), "--help"] : [...argv];
}

/** Nothing but options that hold for every command: the list of commands is all that will be said. */
function isBare(argv: readonly string[], { options }: ReturnType<typeof createProgram>): boolean {
  const known = options.map(({ long }) => long).filter((long) => long !== "--version");
  const given = argv.filter((word) => word.startsWith("-")).map((word) => word.replace(/=.*/, ""));
  return firstWord(argv) >= argv.length && given.every((word) => known.includes(word));
}

/** Behind the options that stand before every command. */
function firstWord(argv: readonly string[]): number {
  let at = 0;
  while (argv[at]?.startsWith("-")) at += /^--(home|config|log-level)$/.test(argv[at] ?? "") ? 2 : 1;
  return at;
}

/** commander has printed its sentence already: 0 for help and version that were asked for, else a wrong usage. */
function toExitCode(error: CommanderError): number {
  return error.exitCode === 0 ? exitCode.done : exitCode.usage;
}

/** An error that says what to do was made for people, wherever it comes from. */
function isForeseen(error: unknown): error is Error & { remedy: string } {
  return error instanceof Error && "remedy" in error && typeof error.remedy === "string";
}

function describe({ message, remedy }: { message: string; remedy?: string | undefined }): string {
  return `gitnotify: ${message}${remedy === undefined ? "" : `\n${remedy}`}\n`;
}

/** A defect of ours. Where it happened is for those who ask for it: --log-level debug. */
function describeUnforeseen(error: unknown, globals: GlobalOptions | undefined): string {
  if (globals?.logLevel === "debug" && error instanceof Error)
    return `gitnotify: ${error.stack ?? error.message}\n`;
  const message = error instanceof Error ? error.message : "something that is not an error was thrown";
  return [
    `gitnotify: Something went wrong that gitnotify did not expect: ${/[.!?]$/.test(message) ? message : `${message}.`}`,
    "Please report it with `gitnotify doctor --bundle`. --log-level debug shows where it happened.\n",
  ].join("\n");
}
