import type { Check } from "./check.js";
import { connections } from "./connections.js";
import { backlog, daemon, database } from "./database.js";
import { folders } from "./folders.js";
import { runtime } from "./runtime.js";
import { secrets } from "./secrets.js";
import { settings } from "./settings.js";
import { subscriptions } from "./subscriptions.js";
import { telegram } from "./telegram.js";

/** Every check, in the order in which things must be mended. A new one is one file and one line here. */
export const checks: readonly Check[] = [
  runtime,
  folders,
  settings,
  secrets,
  connections,
  telegram,
  subscriptions,
  database,
  daemon,
  backlog,
];
