import { setMaxListeners } from "node:events";
import { createSay, type Say } from "../../i18n/wizard.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { hasColour } from "../output.js";
import { createStopSignal } from "../stop-signal.js";
import { Interrupted, type Ask } from "./ask.js";
import { type InitFlags, readSecrets, toAnswers } from "./flags.js";
import { openWizard } from "./open.js";
import { guessLanguage } from "./locale.js";
import type { Ports } from "./ports.js";
import { createTerminalAsk } from "./terminal.js";
import { runWizard, type Outcome } from "./wizard.js";

/** `gitnotify init`. Throws `CliError`. */
export async function init(context: CliContext, flags: InitFlags): Promise<void> {
  const say = createSay(guessLanguage(context.env, process.platform));
  const isInteractive = decideMode(context, flags, say);
  const answers = toAnswers(flags);
  say.language = answers.language ?? say.language;
  const secrets = flags.secretsStdin === true ? await readSecrets(context.io) : new Map<string, string>();
  const stop = createStopSignal();
  // Every question and every request listens to it; that is by design and no leak.
  setMaxListeners(0, stop.signal);
  try {
    const terminal = isInteractive ? await openTerminal(context, stop, say) : null;
    const { ports, draft, wrote } = await openWizard({
      context,
      answers,
      secrets,
      say,
      terminal,
      signal: stop.signal,
    });
    try {
      const outcome = await runWizard(draft, ports, commandOf(context));
      end(ports, outcome);
    } catch (error) {
      throw error instanceof Interrupted ? interrupted(say, wrote()) : error;
    } finally {
      await ports.net.close();
    }
  } finally {
    stop.dispose();
  }
}

/** Whether a person is asked. Without a terminal there is nobody, and the wizard says what it needs instead. */
function decideMode({ io }: CliContext, flags: InitFlags, say: Say): boolean {
  const isTerminal = io.stdin.isTTY === true && io.isTTY && flags.secretsStdin !== true;
  if (flags.nonInteractive === true) return false;
  if (isTerminal) return true;
  if (flags.answers !== undefined) return false;
  throw new CliError(exitCode.usage, say("given.noTerminal"), say("given.noTerminal.remedy"));
}

function openTerminal(
  context: CliContext,
  stop: ReturnType<typeof createStopSignal>,
  say: Say,
): Promise<Ask> {
  return createTerminalAsk({
    ...{ context, say, colour: hasColour(context), signal: stop.signal },
    interrupt: () => stop.stop("SIGINT"),
  });
}

function interrupted(say: Say, wrote: boolean): CliError {
  return new CliError(exitCode.interrupted, say(wrote ? "end.interruptedLate" : "end.interrupted"));
}

function end({ ask, say }: Pick<Ports, "ask" | "say">, outcome: Outcome): void {
  if (outcome === "failed") throw new CliError(exitCode.failed, "");
  ask.end(say(`end.${outcome}`));
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
