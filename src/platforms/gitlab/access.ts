import type { Access, Account } from "../../domain/connection.js";
import { isFailure } from "../../domain/failure.js";
import type { LackCode } from "../../domain/lack.js";
import type * as z from "zod";
import { findTokenBot } from "./bots.js";
import * as schema from "./schema.js";
import { readTeams } from "./teams.js";
import { unless, type Visit } from "./visit.js";

type TokenSelf = z.infer<typeof schema.tokenSelf>;

/**
 * Two requests, and one for the groups. `GET /personal_access_tokens/self` is allowed with any scope, but is answered 400 for OAuth tokens, 404 by old
 * instances, and with other refusals for other credentials; then GitLab says nothing about scopes. A dead token is found by
 * `GET /user`, whose refusal counts.
 */
export async function checkAccess(visit: Visit): Promise<Access> {
  const { session } = visit;
  const self = await unless(
    session.read(schema.tokenSelf, (gl) => gl.personalAccessTokens.show(), {
      what: "the token's own description",
    }),
    ["rejected", "gone", "forbidden", "conflict", "unauthorized"],
  );
  const { data: user } = await session.read(schema.currentUser, (gl) => gl.users.showCurrentUser(), {
    what: "the token's account",
  });
  const scopes = self?.data.scopes ?? [];
  const canRead = self === undefined || hasAny(scopes, ["api", "read_api"]);
  const account = { id: String(user.id), login: user.username, ...(user.name ? { name: user.name } : {}) };
  const teams = canRead ? await readSpareTeams(visit, account) : undefined;
  return {
    account,
    teams,
    tokenKind: toTokenKind(user.username, self !== undefined),
    scopes,
    ...(self === undefined ? {} : { expiresAt: toExpiry(self.data) }),
    lacks: [
      ...toForeign(user.username),
      ...(self === undefined ? [] : toLacks(scopes)),
      ...(canRead && teams === undefined ? (["groups"] as const) : []),
    ],
    ...toExcess(scopes),
    inbox: canRead,
    ...(self === undefined ? {} : { canAct: scopes.includes("api") }),
  };
}

/** Which groups there are only adds: where they cannot be read, everything else goes on without them. */
async function readSpareTeams(visit: Visit, account: Account): Promise<string[] | undefined> {
  try {
    return await readTeams(visit, account);
  } catch (error) {
    if (!isFailure(error) || error.kind === "unauthorized" || error.kind === "throttled") throw error;
    return undefined;
  }
}

/** Nobody asks a bot for a review or mentions it: what concerns the person is not told to it. */
function toForeign(username: string): LackCode[] {
  const bot = findTokenBot(username);
  return bot === undefined ? [] : [`${bot}_bot`];
}

function toTokenKind(username: string, isPersonal: boolean): string {
  const bot = findTokenBot(username);
  if (bot !== undefined) return `${bot} access token`;
  return isPersonal ? "personal access token" : "access token";
}

/** `expires_at` is a date; GitLab ends tokens at its beginning in UTC. */
function toExpiry(self: TokenSelf): string | null {
  if (self.expires_at == null || self.expires_at === "") return null;
  const at = Date.parse(self.expires_at);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

function toLacks(scopes: string[]): LackCode[] {
  if (scopes.includes("api")) return [];
  return [scopes.includes("read_api") ? "actions" : "reading"];
}

function toExcess(scopes: readonly string[]): Pick<Access, "excess"> {
  const excess = scopes.filter((scope) => excessive.has(scope));
  return excess.length === 0 ? {} : { excess };
}

/** Scopes that act as somebody else or change what gitnotify never touches. */
const excessive = new Set([
  "sudo", "admin_mode", "create_runner", "manage_runner", "write_registry", "write_virtual_registry", "k8s_proxy",
]); // prettier-ignore

function hasAny(scopes: string[], wanted: string[]): boolean {
  return wanted.some((scope) => scopes.includes(scope));
}
