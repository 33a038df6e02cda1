import type { Access } from "../../domain/connection.js";
import type { LackCode } from "../../domain/lack.js";
import type * as z from "zod";
import * as schema from "./schema.js";
import { unless, type Visit } from "./visit.js";

type TokenSelf = z.infer<typeof schema.tokenSelf>;

/**
 * Two requests. `GET /personal_access_tokens/self` is allowed with any scope, but is answered 400 for OAuth tokens, 404 by old
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
  return {
    account: { id: String(user.id), login: user.username, ...(user.name ? { name: user.name } : {}) },
    tokenKind: toTokenKind(user.username, self !== undefined),
    scopes,
    ...(self === undefined ? {} : { expiresAt: toExpiry(self.data) }),
    lacks: [...toForeign(user.username), ...(self === undefined ? [] : toLacks(scopes))],
    ...toExcess(scopes),
    inbox: canRead,
    ...(self === undefined ? {} : { canAct: scopes.includes("api") }),
  };
}

/** A project's or group's access token has a bot user of a fixed form of name behind it. */
function findBot(username: string): "project" | "group" | undefined {
  const kind = /^(project|group)_\d+_bot/.exec(username)?.[1];
  return kind === "project" || kind === "group" ? kind : undefined;
}

/** Nobody asks a bot for a review or mentions it: what concerns the person is not told to it. */
function toForeign(username: string): LackCode[] {
  const bot = findBot(username);
  return bot === undefined ? [] : [`${bot}_bot`];
}

function toTokenKind(username: string, isPersonal: boolean): string {
  const bot = findBot(username);
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
