import type { PlanProblem } from "../domain/plan-problem.js";
import type { KnownConnection } from "../domain/read-address.js";
import type { Subscription } from "../domain/subscription.js";
import type { Subject } from "../domain/subject.js";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { LiveConnection, PlatformConnection } from "../platforms/platform.js";
import type { Database } from "../store/schema.js";

/** What the operations work with. `app` builds it once. */
export interface OperationContext {
  db: Database;
  clock: Clock;
  log: Log;
  /** Cryptographically random bytes, as base64url text. */
  randomText: (bytes: number) => string;
  connections: ReadonlyMap<string, LiveConnection>;
  /** Subscriptions declared in config.yaml. */
  declared: readonly Subscription[];
  /** The adapter with the credential of this very member; null when the member has none there. */
  clientFor(memberId: string, connectionId: string): Promise<PlatformConnection | null>;
  /** Reads a subject anew and commits what changed, so that its cards follow at once. */
  refresh(subject: Subject, signal: AbortSignal): Promise<void>;
  /** Subscriptions changed: the sources follow. Returns problems. */
  replan(signal: AbortSignal): Promise<PlanProblem[]>;
  /** Something is owed: deliver now. */
  wake(): void;
}

/** What reading an address needs of the connections. */
export function knownConnections({ connections }: Pick<OperationContext, "connections">): KnownConnection[] {
  return [...connections.values()].map(({ connection: { id, url }, platform: { routes } }) => ({
    id,
    url,
    routes,
  }));
}
