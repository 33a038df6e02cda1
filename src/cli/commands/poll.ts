import type { Command } from "commander";
import type { RoundReport } from "../../app/poll-once.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { exitOf, toExit } from "../failure-exit.js";
import { type OpenApp, openApp } from "../open-app.js";
import { createOutput } from "../output.js";
import { requireSecrets } from "../require-secrets.js";
import { createStopSignal } from "../stop-signal.js";

interface PollFlags {
  all?: boolean;
  dryRun?: boolean;
}

export function register(command: Command, context: CliContext): void {
  command
    .description("one round now: poll what is due, deliver what is owed, print a summary")
    .option("--all", "poll every source, due or not")
    .option("--dry-run", "send and store nothing; print what would be sent")
    .addHelpText("after", "\nExample:\n  gitnotify poll --all --dry-run")
    .action((flags: PollFlags) => poll(context, flags));
}

async function poll(context: CliContext, flags: PollFlags): Promise<void> {
  const rehearsal = flags.dryRun ? await rehearse(context) : null;
  const options = rehearsal === null ? {} : { databaseFile: rehearsal.databaseFile };
  const stop = createStopSignal();
  let opened: OpenApp | null = null;
  try {
    opened = await openApp(context, { quiet: true, ...options });
    await requireSecrets(opened.app);
    const { pollOnce } = await import("../../app/poll-once.js");
    if (rehearsal !== null) opened.app.telegram.rehearse();
    const report = await pollOnce(opened.app, { all: flags.all ?? false }, stop.signal);
    await print(context, { report, sends: opened.app.telegram.rehearsed() });
    throwWorst(report);
  } catch (error) {
    if (stop.interrupted()) throw new CliError(exitCode.interrupted, "interrupted");
    throw toExit(error);
  } finally {
    await opened?.close();
    await rehearsal?.dispose();
    stop.dispose();
  }
}

/** The same code on a copy of the database that is thrown away, with a channel that only writes down. */
async function rehearse(context: CliContext) {
  const { copyDatabase } = await import("../copy-database.js");
  return copyDatabase(context);
}

async function print(
  context: CliContext,
  { report, sends }: { report: RoundReport; sends: string[] },
): Promise<void> {
  const output = createOutput(context);
  const summary = toSummary(report, sends);
  await output.data(summary, () => {
    for (const problem of summary.problems) output.note(`! ${problem}`);
    for (const failed of summary.failed) output.note(`! ${failed.source}: ${failed.reason}`);
    for (const text of sends) output.line(`${text}\n`);
    const verb = sends.length > 0 ? "would be sent" : "delivered";
    const sent = sends.length > 0 ? sends.length : summary.delivered;
    output.line(
      `${summary.polled} sources polled · ${summary.events} events · ${sent} messages ${verb} · ${summary.owed} still owed`,
    );
  });
}

function toSummary(report: RoundReport, sends: string[]) {
  const failed = report.polls.flatMap((poll) =>
    poll.failure === undefined
      ? []
      : [{ source: poll.sourceId, kind: poll.failure.kind, reason: poll.failure.message }],
  );
  return {
    polled: report.polls.filter((poll) => poll.result === "polled").length,
    events: report.polls.reduce((sum, poll) => sum + poll.events, 0),
    delivered: report.delivered.sent,
    owed: report.delivered.nextAt === null ? 0 : 1,
    problems: report.problems,
    failed,
    ...(sends.length > 0 ? { wouldSend: sends } : {}),
  };
}

/** A refused token outweighs an unreachable host: the one needs a person, the other time. */
function throwWorst(report: RoundReport): void {
  const codes = report.polls.flatMap((poll) => (poll.failure === undefined ? [] : [exitOf(poll.failure)]));
  if (codes.length === 0) return;
  const code = codes.includes(exitCode.token) ? exitCode.token : (codes[0] ?? exitCode.failed);
  throw new CliError(code, `${codes.length} source(s) could not be polled.`, "`gitnotify doctor` says more.");
}
