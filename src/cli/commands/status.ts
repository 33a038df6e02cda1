import type { Command } from "commander";
import { systemClock } from "../../lib/clock.js";
import { findDaemon } from "../../lib/daemon-lock.js";
import type { StatusReport } from "../../operations/report-status.js";
import type { CliContext } from "../context.js";
import { toAgo, toMoment } from "../format.js";
import { withStore } from "../open-store.js";
import { createOutput, type Output } from "../output.js";

export function register(command: Command, context: CliContext): void {
  command
    .description("how it stands: the daemon, each connection, what is owed")
    .addHelpText("after", "\nExample:\n  gitnotify status --json")
    .action(() => status(context));
}

async function status(context: CliContext): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ settings, store }) => {
    const { home, config } = settings;
    const daemon = store === null ? null : await findDaemon(home.stateDir);
    const { reportStatus } = await import("../../operations/report-status.js");
    const connectionIds = config.connections.map((connection) => connection.id);
    const given = { connectionIds, declared: config.subscriptions.length, now: systemClock.now() };
    const report = store === null ? null : await reportStatus(store.db, given);
    await output.data({ daemon: { running: daemon !== null, pid: daemon }, ...report }, async () => {
      output.line(
        daemon === null
          ? output.style("yellow", "not running")
          : output.style("green", `running, process ${daemon}`),
      );
      if (report === null) output.line("Nothing was started in this home yet: `gitnotify start`.");
      else await print(output, report);
    });
  });
}

async function print(output: Output, report: StatusReport): Promise<void> {
  const now = systemClock.now();
  output.line(`owner: ${report.owner ?? "nobody yet: `gitnotify start` prints a pairing link"}`);
  await output.table(
    ["connection", "account", "last heard", "quota", "state"],
    report.connections.map((connection) => [
      connection.id,
      connection.account ?? "-",
      toAgo(connection.lastSuccessAt, now),
      connection.quota === null ? "-" : `${connection.quota.remaining}/${connection.quota.limit}`,
      stateOf(connection),
    ]),
  );
  const { sources, outbox } = report;
  output.line(
    `sources: ${sources.total}, ${sources.waitingForFirstPoll} waiting for their first poll, ${sources.failing.length} failing`,
  );
  for (const source of sources.failing) {
    output.line(
      output.style(
        "yellow",
        `  ${source.id}: ${source.error} (${source.failures} times since ${toMoment(source.since)})`,
      ),
    );
  }
  output.line(
    `outbox: ${outbox.owed} owed, ${outbox.inDoubt} in doubt, ${outbox.dead} dead, ${outbox.delivered} delivered`,
  );
  for (const parked of report.parked) {
    output.line(
      output.style(
        "yellow",
        `  ${parked.destination} is closed since ${toMoment(parked.since)}: ${parked.reason}`,
      ),
    );
  }
  for (const lack of report.connections.flatMap((connection) => connection.lacks))
    output.line(`note: ${lack}`);
}

function stateOf(connection: StatusReport["connections"][number]): string {
  if (connection.paused !== null)
    return `paused since ${toMoment(connection.paused.since)}: ${connection.paused.reason}`;
  if (connection.throttledUntil !== null) return `throttled until ${toMoment(connection.throttledUntil)}`;
  return connection.lastSuccessAt === null ? "not polled yet" : "well";
}
