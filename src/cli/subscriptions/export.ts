import type { CliContext } from "../context.js";
import { withStore } from "../open-store.js";
import { createOutput } from "../output.js";

/** The stored ones as config.yaml would declare them, to be kept in a repository or taken to another machine. */
export async function exportSubscriptions(context: CliContext): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ settings, store }) => {
    const { listSubscriptions } = await import("../../store/subscriptions.js");
    const { toShownConfig } = await import("../../config/show.js");
    const stored = store === null ? [] : await listSubscriptions(store.db);
    const { subscriptions } = toShownConfig({ ...settings.config, subscriptions: stored });
    const { default: yaml } = await import("yaml");
    await output.data({ subscriptions }, () => {
      output.line(yaml.stringify({ subscriptions }, { lineWidth: 0 }).trimEnd());
    });
  });
}
