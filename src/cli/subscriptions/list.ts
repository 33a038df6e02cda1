import type { Subscription } from "../../domain/subscription.js";
import type { CliContext } from "../context.js";
import { withStore } from "../open-store.js";
import { createOutput } from "../output.js";
import { describeRecipient } from "./recipient.js";

/** Declared ones first, then those made in the bot or here. */
export async function listSubscriptionsOf(context: CliContext): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ settings, store }) => {
    const { listSubscriptions } = await import("../../store/subscriptions.js");
    const stored = store === null ? [] : await listSubscriptions(store.db);
    const all = [...settings.config.subscriptions, ...stored];
    await output.data(all, async () => {
      if (all.length === 0) {
        return output.line("There is no subscription yet. Add one: gitnotify subscriptions add me");
      }
      await output.table(["id", "to", "projects", "events", "filter", "made in"], all.map(toRow));
    });
  });
}

function toRow(subscription: Subscription): string[] {
  const { id, to, projects, features, filter, origin, createdBy } = subscription;
  return [
    id,
    describeRecipient(to),
    describeProjects(projects),
    features.join(" "),
    filter,
    origin === "config" ? "config.yaml" : createdBy === undefined ? "command line" : `bot, by ${createdBy}`,
  ];
}

export function describeProjects(projects: readonly string[] | undefined): string {
  return projects?.join(" ") ?? "whatever concerns them";
}
