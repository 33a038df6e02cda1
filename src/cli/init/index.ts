import { setMaxListeners } from "node:events";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { hasColour } from "../output.js";
import { createStopSignal } from "../stop-signal.js";
import { Interrupted, type Ask } from "./ask.js";
import { type InitFlags, readSecrets, toAnswers } from "./flags.js";
import { openWizard } from "./open.js";
import { createTerminalAsk } from "./terminal.js";
import { runWizard, type Outcome } from "./wizard.js";

const greeting =
  "This takes about five minutes: a token of GitHub or GitLab, a Telegram bot, and the projects to watch. Nothing is written before you say so at the end; Ctrl-C leaves everything as it is.";

/** `gitnotify init`. Throws `CliError`. */
export async function init(context: CliContext, flags: InitFlags): Promise<void> {
  const isInteractive = decideMode(context, flags);
  const answers = toAnswers(flags);
  const secrets = flags.secretsStdin === true ? await readSecrets(context.io) : new Map<string, string>();
  const stop = createStopSignal();
  // Every question and every request listens to it; that is by design and no leak.
  setMaxListeners(0, stop.signal);
  try {
    const terminal = isInteractive ? await openTerminal(context, stop) : null;
    const { ports, draft, wrote } = await openWizard({
      context,
      answers,
      secrets,
      terminal,
      signal: stop.signal,
    });
    try {
      ports.ask.begin("gitnotify init", draft.existing.text === "" ? greeting : undefined);
      const outcome = await runWizard(draft, ports, commandOf(context));
      end(ports.ask, outcome);
    } catch (error) {
      throw error instanceof Interrupted ? interrupted(wrote()) : error;
    } finally {
      await ports.net.close();
    }
  } finally {
    stop.dispose();
  }
}

/** Whether a person is asked. Without a terminal there is nobody, and the wizard says what it needs instead. */
function decideMode({ io }: CliContext, flags: InitFlags): boolean {
  const isTerminal = io.stdin.isTTY === true && io.isTTY && flags.secretsStdin !== true;
  if (flags.nonInteractive === true) return false;
  if (isTerminal) return true;
  if (flags.answers !== undefined) return false;
  throw new CliError(
    exitCode.usage,
    "init asks questions, and there is no terminal to ask them in",
    [
      "Run it in a terminal, or give the answers:",
      "  gitnotify init --non-interactive --github --project 'acme/*' --owner 123456789",
      "  gitnotify init --answers answers.yaml",
      "Tokens come from GITNOTIFY_SECRET_TELEGRAM and GITNOTIFY_SECRET_CONNECTION_GITHUB, or by --secrets-stdin.",
      "`gitnotify init --help` lists everything.",
    ].join("\n"),
  );
}

function openTerminal(context: CliContext, stop: ReturnType<typeof createStopSignal>): Promise<Ask> {
  return createTerminalAsk({
    ...{ context, colour: hasColour(context), signal: stop.signal },
    interrupt: () => stop.stop("SIGINT"),
  });
}

function interrupted(wrote: boolean): CliError {
  const message = wrote
    ? "interrupted. Settings and tokens were written before that; `gitnotify init` shows what is missing"
    : "interrupted: nothing was written";
  return new CliError(exitCode.interrupted, message);
}

function end(ask: Ask, outcome: Outcome): void {
  switch (outcome) {
    case "written":
      return ask.end("Done.");
    case "checked":
      return ask.end("Everything that was asked answers.");
    case "nothing":
      return ask.end("Nothing was written.");
    case "failed":
      throw new CliError(exitCode.failed, "");
  }
}

/** As the person has just called it, so that the next commands can be copied. */
function commandOf({ globals }: CliContext): string {
  const { home, config } = globals();
  const program = /[\\/]_npx[\\/]/.test(process.argv[1] ?? "") ? "npx gitnotify" : "gitnotify";
  return [
    program,
    ...(home === undefined ? [] : ["--home", quote(home)]),
    ...(config === undefined ? [] : ["--config", quote(config)]),
  ].join(" ");
}

function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
