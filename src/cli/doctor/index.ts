import { audit } from "./audit.js";
import type { Check } from "./check.js";
import { clock } from "./clock.js";
import { daemon } from "./daemon.js";
import { database } from "./database.js";
import { deliveries } from "./deliveries.js";
import { disk } from "./disk.js";
import { folders } from "./folders.js";
import { network } from "./network.js";
import { projects } from "./projects.js";
import { quota } from "./quota.js";
import { runtime } from "./runtime.js";
import { secrets } from "./secrets.js";
import { service } from "./service.js";
import { settings } from "./settings.js";
import { telegram } from "./telegram.js";
import { tokens } from "./tokens.js";

/** Every check, in the order in which things must be mended. A new one is one file and one line here. */
export const checks: readonly Check[] = [
  runtime,
  folders,
  settings,
  secrets,
  network,
  clock,
  tokens,
  quota,
  projects,
  telegram,
  database,
  audit,
  service,
  daemon,
  disk,
  deliveries,
];
