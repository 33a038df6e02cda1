import type { Reply } from "../server.js";
import type { State } from "./model.js";

export interface RateLimits {
  /** Counts a request of this person. `refusal` is set when it is one too many; `headers` go on the answer in any case. */
  count(who: string): { headers: Record<string, string>; refusal?: Reply };
  /** Whether this person may comment once more in this minute. */
  takeNote(who: string): boolean;
}

interface Window {
  startedAt: number;
  used: number;
}

/** Fixed windows per person, like GitLab's request throttle. It counts before the application runs, so a 304 costs as much. */
export function createRateLimits(state: State): RateLimits {
  const windows = new Map<string, Window>();
  function use(key: string, windowMs: number): Window {
    const startedAt = Math.floor(state.now() / windowMs) * windowMs;
    const current = windows.get(key);
    const window = current?.startedAt === startedAt ? current : { startedAt, used: 0 };
    window.used += 1;
    windows.set(key, window);
    return window;
  }
  return {
    count(who) {
      const { throttle } = state.settings;
      if (throttle === null) return { headers: {} };
      const windowMs = throttle.windowSeconds * 1000;
      const { startedAt, used } = use(`api ${who}`, windowMs);
      const reset = startedAt + windowMs;
      const headers = toHeaders({ limit: throttle.limit, used, reset });
      if (used <= throttle.limit) return { headers: throttle.headers ? headers : {} };
      const retry = {
        "retry-after": String(Math.max(1, Math.ceil((reset - state.now()) / 1000))),
        "ratelimit-resettime": new Date(reset).toUTCString(),
      };
      const extra = throttle.headers ? { ...headers, ...retry } : {};
      // The throttle answers before the API does: plain text, and the administrator may have changed it.
      const refusal = {
        status: 429,
        headers: { ...extra, "content-type": "text/plain" },
        body: "Retry later\n",
      };
      return { headers: {}, refusal };
    },
    takeNote(who) {
      const limit = state.settings.notesPerMinute;
      return limit === null || use(`notes ${who}`, 60_000).used <= limit;
    },
  };
}

function toHeaders({ limit, used, reset }: { limit: number; used: number; reset: number }) {
  return {
    "ratelimit-limit": String(limit),
    "ratelimit-name": "throttle_authenticated_api",
    "ratelimit-observed": String(used),
    "ratelimit-remaining": String(Math.max(0, limit - used)),
    "ratelimit-reset": String(Math.floor(reset / 1000)),
  };
}
