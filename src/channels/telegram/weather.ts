import { isFailure, type Failure } from "../../domain/failure.js";
import type { Clock } from "../../lib/clock.js";
import type { Log } from "../../lib/log.js";

/** Why nothing comes in at the moment. */
export type UpdateTrouble = "other_poller" | "webhook" | "unauthorized" | "unreachable";

export interface WeatherOptions {
  clock: Clock;
  log: Log;
  /** Called once when a trouble begins, and with null when updates come in again. */
  onTrouble?: (trouble: { what: UpdateTrouble; failure: Failure } | null) => void;
}

/** Without a conflict for so long, the other poller counts as gone. */
const truceMs = 300_000;
/**
 * After the first conflict it comes back soon: whoever takes a look at the bot, as `init` does for two seconds, learns that it is taken.
 * Only then it leaves the other its turns.
 */
const comeBackMs = 1_000;

/** How long to wait after a failed poll, and what to tell of it. */
export function createWeather({ clock, log, onTrouble }: WeatherOptions) {
  let trouble: UpdateTrouble | undefined;
  let failures = 0;
  let lastConflictAt = 0;
  const tell = (what: UpdateTrouble, failure: Failure) => {
    if (trouble === what) return;
    trouble = what;
    log.warn("No updates come in from Telegram", { what, reason: failure.message });
    onTrouble?.({ what, failure });
  };
  return {
    clear() {
      failures = 0;
      // Two pollers take turns: a poll that went well in between does not mean that the other is gone.
      const isTruce = trouble === "other_poller" && clock.now() - lastConflictAt < truceMs;
      if (trouble === undefined || isTruce) return;
      trouble = undefined;
      log.info("Updates come in from Telegram again");
      onTrouble?.(null);
    },
    /** Milliseconds to wait. */
    worsen(error: unknown): number {
      failures += 1;
      const backoff = Math.min(60_000, 1000 * 2 ** Math.min(failures - 1, 6));
      if (!isFailure(error)) {
        log.error("Updates could not be stored", {
          reason: error instanceof Error ? error.message : String(error),
        });
        return backoff;
      }
      switch (error.kind) {
        case "throttled":
          return Math.max(1000, Date.parse(error.retryAt ?? "") - clock.now() || backoff);
        case "conflict": {
          const what = error.code === "webhook" ? "webhook" : "other_poller";
          const isFirst = clock.now() - lastConflictAt >= truceMs;
          lastConflictAt = clock.now();
          tell(what, error);
          return what === "other_poller" && isFirst ? comeBackMs : Math.max(30_000, backoff);
        }
        case "unauthorized":
          tell("unauthorized", error);
          return 120_000;
        default:
          // One lost connection is everyday; three in a row are worth a word.
          if (failures >= 3) tell("unreachable", error);
          return backoff;
      }
    },
  };
}
