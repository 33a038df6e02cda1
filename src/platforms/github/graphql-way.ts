import * as z from "zod";
import { isFailure, type Failure } from "../../domain/failure.js";
import type { Shortfall } from "../../domain/shortfall.js";

/**
 * Part of a cursor: GraphQL was blocked, and so many polls are left until it is tried again. A firewall that swallows the request
 * costs ten seconds each time, so that it is not tried with every poll. `reason` is what stood in the way.
 */
export const blockedSchema = z.object({ left: z.number(), reason: z.string() });

export type Blocked = z.infer<typeof blockedSchema>;

const pollsBetweenTries = 30;

/** How the next poll is to ask. `met`: GraphQL was tried and blocked; `tried`: it was tried at all. */
export function nextWay(
  before: Blocked | undefined,
  { met, tried }: { met: Failure | undefined; tried: boolean },
): Blocked | undefined {
  if (met !== undefined) return { left: pollsBetweenTries, reason: reasonOf(met) };
  if (before === undefined || (tried && before.left === 0)) return undefined;
  return tried ? { ...before, left: before.left - 1 } : before;
}

export function isByRest(blocked: Blocked | undefined): boolean {
  return blocked !== undefined && blocked.left > 0;
}

/** Pull requests come all the same; what REST does not tell (which threads are resolved) is missing on the cards. */
export function toBlockedShortfall(blocked: Blocked | undefined): Shortfall[] {
  if (blocked === undefined) return [];
  return [{ code: "blocked", key: "graphql", values: { what: "GraphQL", reason: blocked.reason } }];
}

/** The same in every language. */
function reasonOf({ status, cause }: Failure): string {
  if (status !== undefined) return `HTTP ${status}`;
  return isFailure(cause) && cause.code !== undefined ? cause.code : "?";
}
