import type { Command } from "commander";
import type { DeliveryState } from "../../domain/delivery.js";
import type { Project } from "../../domain/project.js";
import { systemClock } from "../../lib/clock.js";
import type { Delivery } from "../../store/outbox.js";
import type { CliContext } from "../context.js";
import { toCount } from "../count.js";
import { CliError, exitCode } from "../exit-code.js";
import { toMoment, toPlace, toReadable } from "../format.js";
import { withStore } from "../open-store.js";
import { notFound } from "../deliveries/not-found.js";
import { createOutput } from "../output.js";

const states: readonly DeliveryState[] = ["pending", "sending", "unknown", "delivered", "dead"];

export function register(command: Command, context: CliContext): void {
  command.addHelpText("after", "\nExample:\n  gitnotify deliveries list --state dead");
  command
    .command("list")
    .description("what is owed and what could not be delivered; --all shows delivered ones too")
    .option("--state <state>", `only these: ${states.join(", ")}`)
    .option("--all", "delivered ones too")
    .option("--limit <n>", "at most so many", "50")
    .addHelpText("after", "\nExample:\n  gitnotify deliveries list --all --limit 10")
    .action((flags: ListFlags) => list(context, flags));
  command
    .command("show")
    .argument("<id>", "as `gitnotify deliveries list` prints it")
    .description("one delivery: what it says, where it stands, and why")
    .addHelpText("after", "\nExample:\n  gitnotify deliveries show 12")
    .action(async (id: string) => (await import("../deliveries/show.js")).showDelivery(context, id));
  command
    .command("retry")
    .argument("<id...>", "as `gitnotify deliveries list` prints them")
    .description("send failed ones again")
    .addHelpText("after", "\nExample:\n  gitnotify deliveries retry 12 13")
    .action((ids: string[]) => retry(context, ids));
  command
    .command("discard")
    .argument("<id...>", "as `gitnotify deliveries list` prints them")
    .description("give up what is owed; it stays in the list as dead")
    .addHelpText("after", "\nExample:\n  gitnotify deliveries discard 12")
    .action((ids: string[]) => discard(context, ids));
}

interface ListFlags {
  state?: string;
  all?: boolean;
  limit: string;
}

async function list(context: CliContext, flags: ListFlags): Promise<void> {
  const wanted = states.find((state) => state === flags.state);
  if (flags.state !== undefined && wanted === undefined) {
    throw new CliError(
      exitCode.usage,
      `there is no state “${flags.state}”`,
      `There are: ${states.join(", ")}.`,
    );
  }
  const chosen =
    wanted !== undefined ? [wanted] : flags.all ? states : states.filter((state) => state !== "delivered");
  const output = createOutput(context);
  await withStore(context, async ({ store }) => {
    const { listDeliveries } = await import("../../store/outbox.js");
    const { listProjects } = await import("../../store/projects.js");
    const limit = toCount(flags.limit);
    const found = store === null ? [] : await listDeliveries(store.db, { states: chosen, limit });
    await output.data(found, async () => {
      if (found.length === 0) {
        const isDefault = flags.state === undefined && flags.all !== true;
        return output.line(
          isDefault ? "Nothing is owed, and there are no dead letters." : "There is no such delivery.",
        );
      }
      const projects = store === null ? [] : await listProjects(store.db);
      await output.table(
        ["id", "state", "to", "what", "since", "reason"],
        found.map((delivery) => toRow(delivery, projects)),
      );
    });
  });
}

function toRow(delivery: Delivery, projects: readonly Project[]): string[] {
  return [
    String(delivery.id),
    delivery.state,
    toPlace(delivery.destination),
    delivery.subject === null
      ? `notice ${delivery.notice?.name ?? ""}`
      : toReadable(delivery.subject, projects),
    toMoment(delivery.createdAt),
    delivery.reason ?? "",
  ];
}

async function retry(context: CliContext, ids: string[]): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ store }) => {
    const { reviveDelivery } = await import("../../store/outbox.js");
    for (const id of ids) {
      if (store === null || !(await reviveDelivery(store.db, toCount(id), systemClock.now())))
        throw notFound(id, "dead letter");
    }
    await output.data({ retried: ids.map(Number) }, () =>
      ids.forEach((id) =>
        output.note(
          `${id} is owed again. A running daemon delivers it within seconds; \`gitnotify poll\` does it now.`,
        ),
      ),
    );
  });
}

async function discard(context: CliContext, ids: string[]): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ store }) => {
    const { findDelivery, settleDeliveries } = await import("../../store/outbox.js");
    for (const id of ids) {
      const delivery = store === null ? null : await findDelivery(store.db, toCount(id));
      if (store === null || delivery === null || delivery.state === "delivered")
        throw notFound(id, "owed delivery");
      const settlement = { state: "dead" as const, reason: "Discarded by hand.", known: true };
      await settleDeliveries(store.db, { ids: [delivery.id], settlement, now: systemClock.now() });
    }
    await output.data({ discarded: ids.map(Number) }, () =>
      ids.forEach((id) => output.note(`${id} is discarded.`)),
    );
  });
}
