import { writeMeta } from "./meta.js";
import type { Executor } from "./schema.js";
import type { ShownSettings } from "./status-rows.js";

/** Writes down what this process runs with, for `status`, which would take long to read config.yaml. */
export async function saveShownSettings(db: Executor, settings: ShownSettings): Promise<void> {
  await writeMeta(db, "settings.shown", JSON.stringify(settings));
}
