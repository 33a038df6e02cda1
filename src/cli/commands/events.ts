import type { Command } from "commander";
import type { CliContext } from "../context.js";
import { toSubjectKey } from "../../domain/subject.js";
import { toTrace } from "../../lib/trace.js";
import { toCount } from "../count.js";
import { toMoment, toReadable } from "../format.js";
import { withStore } from "../open-store.js";
import { createOutput } from "../output.js";

export function register(command: Command, context: CliContext): void {
  command.addHelpText("after", "\nExample:\n  gitnotify events");
  command
    .command("list", { isDefault: true })
    .description("what happened, newest first")
    .option("--limit <n>", "at most so many", "30")
    .addHelpText("after", "\nExample:\n  gitnotify events list --limit 5 --json")
    .action((flags: { limit: string }) => events(context, toCount(flags.limit)));
}

async function events(context: CliContext, limit: number): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ store }) => {
    const { listEvents } = await import("../../store/events.js");
    const { listProjects } = await import("../../store/projects.js");
    const found = store === null ? [] : await listEvents(store.db, { limit });
    const projects = store === null ? [] : await listProjects(store.db);
    const traced = found.map((one) => ({ ...one, trace: toTrace(one.event.key) }));
    await output.data(traced, async () => {
      if (found.length === 0) return output.line("Nothing has happened yet.");
      await output.table(
        ["id", "seen", "kind", "subject", "by", "trace"],
        traced.map(({ id, seenAt, event, trace }) => [
          String(id),
          toMoment(seenAt),
          event.kind,
          toReadable(toSubjectKey(event.subject), projects),
          event.actor?.login ?? "",
          trace,
        ]),
      );
    });
  });
}
