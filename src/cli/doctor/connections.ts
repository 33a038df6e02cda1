import type { Config } from "../../config/load.js";
import type { Access } from "../../domain/connection.js";
import { describeExpiry, expiryState } from "../expiry.js";
import { toMoment } from "../format.js";
import { type Check, type Finding, isToldBySecrets, toFinding, warning, well } from "./check.js";
import type { Ground } from "./ground.js";

/** Each connection, live: reached, certificate, token, what the token leaves out; and its quota as last told. */
export const connections: Check = {
  name: "connections",
  look: async (ground) => {
    const { config } = ground;
    if (config === null) return [];
    const found = await Promise.all(config.connections.map(({ id }) => lookAt(ground, config, id)));
    return found.flat();
  },
};

async function lookAt(ground: Ground, config: Config, id: string): Promise<Finding[]> {
  try {
    const access = await ground.access(config, id);
    return [...toFindings(id, access, ground.clock.now()), ...(await lookAtQuota(ground, id))];
  } catch (error) {
    if (ground.signal.aborted) throw error;
    return isToldBySecrets(error) ? [] : [toFinding(error, `${id}: `)];
  }
}

function toFindings(id: string, access: Access, now: number): Finding[] {
  const scopes = access.scopes.length === 0 ? "" : `, scopes ${access.scopes.join(" ")}`;
  const who = `${id}: ${access.account.login}, ${access.tokenKind}${scopes}, ${describeExpiry(access.expiresAt, now)}`;
  const remedy = `Make a new token and store it with \`gitnotify secrets set connection/${id}\`.`;
  const first = expiryState(access.expiresAt, now) === "soon" ? warning(who, remedy) : well(who);
  return [first, ...access.lacks.map((lack) => warning(`${id}: ${lack}`))];
}

/** Below a tenth of the quota, polls will soon wait. */
async function lookAtQuota(ground: Ground, id: string): Promise<Finding[]> {
  const store = await ground.store().catch(() => null);
  if (store === null) return [];
  const { findAccount } = await import("../../store/accounts.js");
  const account = await findAccount(store.db, id).catch(() => null);
  const now = ground.clock.now();
  const findings: Finding[] = [];
  const { quota = null, throttledUntil = null, pausedAt = null } = account ?? {};
  if (quota !== null && quota.remaining * 10 < quota.limit && Date.parse(quota.resetAt) > now) {
    const until = toMoment(Date.parse(quota.resetAt));
    const text = `${id}: ${quota.remaining} of ${quota.limit} requests are left until ${until}.`;
    findings.push(warning(text, "Poll less often, or watch fewer projects."));
  }
  if (throttledUntil !== null && throttledUntil > now) {
    findings.push(warning(`${id}: the server wants no requests until ${toMoment(throttledUntil)}.`));
  }
  if (pausedAt !== null) {
    const text = `${id}: polling is paused since ${toMoment(pausedAt)}, for the token was refused then.`;
    findings.push(warning(text, "The token works now: a running daemon sees that by itself, or restart it."));
  }
  return findings;
}
