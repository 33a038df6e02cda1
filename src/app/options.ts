import type { Config } from "../config/load.js";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { Progress } from "../lib/progress.js";
import type { SecretStore } from "../secrets/secret-store.js";
import type { StoreHealth } from "../store/faults.js";
import type { Database } from "../store/schema.js";

/** What an app is built from: settings, an open database, and time and randomness as arguments. */
export interface AppOptions {
  config: Config;
  db: Database;
  /** Whether the database can be written; absent where nobody watches. */
  health?: StoreHealth;
  /** For sentences about it. */
  databaseFile?: string;
  secrets: SecretStore;
  cacheDir: string;
  version: string;
  clock: Clock;
  log: Log;
  random: () => number;
  randomText: (bytes: number) => string;
  /** Hears of every secret that is read, before it is used. */
  onSecret: (secret: string) => void;
  /** Hears that the daemon's parts go on; absent where nobody watches. */
  progress?: Progress;
}
