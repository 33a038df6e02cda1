import type { Command } from "commander";
import { systemClock } from "../../lib/clock.js";
import type { CliContext } from "../context.js";
import { toCount } from "../count.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput } from "../output.js";
import { toHome } from "../settings.js";
import { readDaemon, toHealth } from "../status/daemon.js";
import type { Page } from "../status/lines.js";

interface StatusOptions {
  watch?: string | true;
  check?: boolean;
}

const everyS = 2;

export function register(command: Command, context: CliContext): void {
  command
    .description("how it stands: the daemon, each connection, what is owed")
    .option("-w, --watch [seconds]", `show it again every ${everyS} seconds, until Ctrl-C`)
    .option("--check", "say nothing but whether the daemon is alive; exits with 1 when it is not")
    .addHelpText(
      "after",
      "\nExamples:\n  gitnotify status --json\n  gitnotify status --watch 5\n  gitnotify status --check" +
        "\n\nIt reads only what the daemon has written down: it asks no server, changes nothing, and works while" +
        "\nthe daemon runs and when it does not.",
    )
    .action((options: StatusOptions) => {
      if (options.check === true) return check(context);
      return options.watch === undefined ? status(context) : watchStatus(context, options.watch);
    });
}

async function status(context: CliContext): Promise<void> {
  const { look } = await import("../status/look.js");
  const { toStatusLines } = await import("../status/lines.js");
  const output = createOutput(context);
  const seen = await look(context, toHome(context));
  const { report, notes, exit } = seen;
  const width = await widthOf(context);
  const style: Page["style"] = (name, text) => output.style(name, text);
  await output.data({ ...report, notes }, () => {
    for (const line of toStatusLines(seen, { style, width })) output.line(line);
  });
  if (exit !== exitCode.done) throw new CliError(exit, "");
}

async function watchStatus(context: CliContext, seconds: string | true): Promise<void> {
  const everyMs = (seconds === true ? everyS : toCount(seconds)) * 1_000;
  const { look } = await import("../status/look.js");
  const { toStatusLines } = await import("../status/lines.js");
  const { watch } = await import("../status/watch.js");
  const { toMoment } = await import("../format.js");
  const output = createOutput(context);
  const home = toHome(context);
  const inPlace = context.io.isTTY && !output.json;
  const draw = async () => {
    const seen = await look(context, home);
    if (output.json) return [JSON.stringify({ at: seen.now, ...seen.report, notes: seen.notes })];
    const width = await widthOf(context);
    const title = output.style("dim", toMoment(seen.now));
    const lines = toStatusLines(seen, { style: (name, text) => output.style(name, text), width });
    return [title, ...lines, ...(inPlace ? [] : [""])];
  };
  await watch(context, { everyMs, inPlace, draw });
}

/** Lines are cut to a terminal; what goes into a file or another program is left whole. */
async function widthOf({ io }: CliContext): Promise<number | null> {
  if (!io.isTTY) return null;
  return (await import("../status/watch.js")).sizeOf(io.stdout).columns;
}

async function check(context: CliContext): Promise<void> {
  const output = createOutput(context);
  const daemon = await readDaemon(toHome(context).stateDir);
  const health = toHealth(daemon, systemClock.now());
  await output.data({ ok: health.ok, daemon, ...(health.ok ? {} : { why: health.why }) }, () => {
    if (health.ok) output.line("The daemon is alive.");
  });
  if (!health.ok) throw new CliError(exitCode.failed, output.json ? "" : health.why);
}
