import type { Config } from "../../config/load.js";
import type { Access } from "../../domain/connection.js";
import { type Failure, isFailure } from "../../domain/failure.js";
import type { LackCode } from "../../domain/lack.js";
import { lackInEnglish } from "../../i18n/en/access.js";
import { describeExpiry, expiryState } from "../expiry.js";
import { type Check, type Finding, isToldBySecrets, toFinding, warning, well } from "./check.js";
import type { Ground } from "./ground.js";

/** Each connection's token, live: whose it is, its scopes, when it ends, and what it leaves out. */
export const tokens: Check = {
  name: "tokens",
  needsSettings: true,
  when: "beside",
  look: async (ground) => {
    const { config } = ground;
    if (config === null) return [];
    const found = await Promise.all(config.connections.map(({ id }) => lookAt(ground, config, id)));
    return found.flat();
  },
};

async function lookAt(ground: Ground, config: Config, id: string): Promise<Finding[]> {
  try {
    return toFindings(id, await ground.access(config, id), ground.clock.now());
  } catch (error) {
    if (ground.signal.aborted) throw error;
    const isTold =
      isToldBySecrets(error) ||
      (isFailure(error) && isSilence(error) && !(await ground.isReached(config, id)));
    return isTold ? [] : [toRefused(id, error)];
  }
}

/** No answer at all: the check of the network says why. */
function isSilence(failure: Failure): boolean {
  return failure.kind === "unreachable" && failure.status === undefined && failure.code !== "schema";
}

function toRefused(id: string, error: unknown): Finding {
  const finding = toFinding(error, `${id}: `);
  if (!isFailure(error) || error.kind !== "unauthorized") return finding;
  return { ...finding, remedy: newToken(id) };
}

function newToken(id: string): string {
  return `Make a new token and store it with \`gitnotify secrets set connection/${id}\`.`;
}

function toFindings(id: string, access: Access, now: number): Finding[] {
  const scopes = access.scopes.length === 0 ? "" : `, scopes ${access.scopes.join(" ")}`;
  const who = `${id}: ${access.account.login}, ${access.tokenKind}${scopes}, ${describeExpiry(access.expiresAt, now)}`;
  const first = expiryState(access.expiresAt, now) === "soon" ? warning(who, newToken(id)) : well(who);
  const { excess = [] } = access;
  return [first, ...access.lacks.map((lack) => toLack(id, lack)), ...toExcess(id, excess)];
}

function toLack(id: string, lack: LackCode): Finding {
  const { what, remedy } = lackInEnglish(lack);
  return warning(`${id}: ${what}`, remedy);
}

/** Whoever steals the token gets these too. */
function toExcess(id: string, excess: readonly string[]): Finding[] {
  if (excess.length === 0) return [];
  const text = `${id}: this token may do more than gitnotify ever needs: ${excess.join(" ")}.`;
  return [warning(text, "A token without these scopes does less harm in wrong hands.")];
}
