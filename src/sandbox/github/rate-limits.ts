export type Resource = "core" | "graphql" | "search";

interface Bucket {
  limit: number;
  used: number;
  /** Epoch milliseconds. */
  resetAt: number;
}

const hourMs = 3_600_000;
const defaults: Record<Resource, number> = { core: 5000, graphql: 5000, search: 30 };

/** The hourly quotas of each user, shared by all of the user's tokens, and the switches for running out of them. */
export class RateLimits {
  /** What an exhausted REST quota answers; the documentation allows both. */
  exhaustedStatus: 403 | 429 = 403;
  /** While set, every request is refused as "secondary rate limit". `retryAfter` in seconds. */
  secondary: { retryAfter?: number; status?: 403 | 429 } | null = null;
  private buckets = new Map<string, Bucket>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** `resetAt` in epoch milliseconds. */
  set(
    login: string,
    resource: Resource,
    values: { limit?: number; remaining?: number; resetAt?: number },
  ): void {
    const bucket = this.bucketOf(login, resource);
    bucket.limit = values.limit ?? bucket.limit;
    bucket.resetAt = values.resetAt ?? bucket.resetAt;
    if (values.remaining !== undefined) bucket.used = bucket.limit - values.remaining;
  }

  read(
    login: string,
    resource: Resource,
  ): { limit: number; remaining: number; used: number; resetAt: number } {
    const { limit, used, resetAt } = this.bucketOf(login, resource);
    return { limit, used, remaining: Math.max(0, limit - used), resetAt };
  }

  spend(login: string, resource: Resource, cost: number): void {
    this.bucketOf(login, resource).used += cost;
  }

  headers(login: string, resource: Resource): Record<string, string> {
    const { limit, remaining, used, resetAt } = this.read(login, resource);
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-used": String(used),
      "x-ratelimit-reset": String(Math.ceil(resetAt / 1000)),
      "x-ratelimit-resource": resource,
    };
  }

  private bucketOf(login: string, resource: Resource): Bucket {
    const key = `${login.toLowerCase()} ${resource}`;
    const known = this.buckets.get(key);
    if (known !== undefined && known.resetAt > this.now()) return known;
    const bucket = { limit: known?.limit ?? defaults[resource], used: 0, resetAt: this.now() + hourMs };
    this.buckets.set(key, bucket);
    return bucket;
  }
}
