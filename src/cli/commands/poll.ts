import { counted } from "../../lib/counted.js";
import type { Command } from "commander";
import type { RoundReport } from "../../app/poll-once.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { exitOf, toExit } from "../failure-exit.js";
import type { App } from "../../app/app.js";
import type { Rehearsal } from "../copy-database.js";
import { type OpenApp, openApp, toCliError } from "../open-app.js";
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
  const stop = createStopSignal();
  let rehearsal: Rehearsal | null = null;
  let opened: OpenApp | null = null;
  try {
    if (flags.dryRun) rehearsal = await rehearse(context);
    opened = await openApp(context, { quiet: true, ...(rehearsal === null ? {} : { home: rehearsal.home }) });
    await requireSecrets(opened.app);
    const { pollOnce } = await import("../../app/poll-once.js");
    if (rehearsal !== null) opened.app.telegram.rehearse();
    const report = await pollOnce(opened.app, { all: flags.all ?? false }, stop.signal);
    const sends = rehearsal === null ? null : opened.app.telegram.rehearsed();
    await print(context, { report, sends, owed: await countOwed(opened.app) });
    throwWorst(report);
  } catch (error) {
    if (stop.interrupted()) throw new CliError(exitCode.interrupted, "interrupted");
    throw toExit(error);
  } finally {
    await opened?.close();
    rehearsal?.dispose();
    stop.dispose();
  }
}

/** The same code on a copy of the database that is thrown away, with a channel that only writes down. */
async function rehearse(context: CliContext): Promise<Rehearsal> {
  const { openRehearsal } = await import("../copy-database.js");
  try {
    return await openRehearsal(context);
  } catch (error) {
    throw await toCliError(error);
  }
}

async function countOwed(app: App): Promise<number> {
  const { countDeliveries } = await import("../../store/outbox.js");
  const { pending, sending, unknown } = await countDeliveries(app.options.db);
  return pending + sending + unknown;
}

interface Round {
  report: RoundReport;
  /** What a rehearsal would have sent; null when it was no rehearsal. */
  sends: string[] | null;
  owed: number;
}

async function print(context: CliContext, round: Round): Promise<void> {
  const output = createOutput(context);
  const summary = toSummary(round);
  await output.data(summary, () => {
    for (const problem of summary.problems) output.note(`! ${problem}`);
    for (const failed of summary.failed) output.note(`! ${failed.source}: ${failed.reason}`);
    for (const text of round.sends ?? []) output.line(`${text}\n`);
    const verb = round.sends === null ? "delivered" : "would be sent";
    const sent = round.sends?.length ?? summary.delivered;
    output.line(
      `${summary.polled} sources polled · ${summary.events} events · ${sent} messages ${verb} · ${summary.owed} still owed`,
    );
  });
}

function toSummary({ report, sends, owed }: Round) {
  const failed = report.polls.flatMap((poll) =>
    poll.failure === undefined
      ? []
      : [{ source: poll.sourceId, kind: poll.failure.kind, reason: poll.failure.message }],
  );
  return {
    polled: report.polls.filter((poll) => poll.result === "polled").length,
    events: report.polls.reduce((sum, poll) => sum + poll.events, 0),
    delivered: sends === null ? report.delivered.sent : 0,
    owed,
    problems: report.problems,
    failed,
    ...(sends === null ? {} : { wouldSend: sends }),
  };
}

/** A refused token outweighs an unreachable host: the one needs a person, the other time. */
function throwWorst(report: RoundReport): void {
  const failedPolls = report.polls.flatMap((poll) => (poll.failure === undefined ? [] : [poll.failure]));
  const codes = [...report.failures, ...failedPolls].map(exitOf);
  if (codes.length === 0) return;
  const code = codes.includes(exitCode.token) ? exitCode.token : (codes[0] ?? exitCode.failed);
  const what =
    failedPolls.length > 0
      ? counted(failedPolls.length, "source")
      : counted(report.failures.length, "connection");
  throw new CliError(code, `${what} could not be polled.`, "`gitnotify doctor` says more.");
}
