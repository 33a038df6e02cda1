import { nearest } from "../../lib/nearest.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { withStore } from "../open-store.js";
import { createOutput } from "../output.js";

/** Removes stored ones by id, all or none. Those of config.yaml are the file's to change. */
export async function removeSubscriptions(context: CliContext, ids: readonly string[]): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ settings, store }) => {
    const { deleteSubscription, listSubscriptions } = await import("../../store/subscriptions.js");
    const stored = store === null ? [] : (await listSubscriptions(store.db)).map(({ id }) => id);
    const declared = settings.config.subscriptions.map(({ id }) => id);
    for (const id of ids) {
      if (declared.includes(id)) {
        throw new CliError(
          exitCode.failed,
          `${id} is declared in config.yaml`,
          `Take it out of ${settings.home.configFile}; a running daemon reads it again on SIGHUP.`,
        );
      }
      if (!stored.includes(id)) throw unknownSubscription(id, stored);
    }
    if (store === null) return;
    for (const id of ids) await deleteSubscription(store.db, id);
    await output.data({ removed: ids }, () => ids.forEach((id) => output.note(`Removed ${id}.`)));
  });
}

export function unknownSubscription(id: string, known: readonly string[]): CliError {
  const near = nearest(id, known);
  return new CliError(
    exitCode.usage,
    `there is no subscription “${id}”`,
    near === undefined ? "`gitnotify subscriptions list` prints them." : `Did you mean: ${near}`,
  );
}
