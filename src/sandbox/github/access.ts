import type { Exchange } from "../server.js";
import {
  hasAccess,
  isCollaborator,
  userOf,
  type Repository,
  type State,
  type Token,
  type User,
} from "./state.js";

/** Who asks, with which token. */
export interface Caller {
  user: User;
  token: Token;
}

/** null: no credential, an unknown one, or one that has expired. */
export function authenticate(state: State, exchange: Exchange): Caller | null {
  const token = state.tokens.get(readCredential(exchange.headers["authorization"] ?? ""));
  if (token === undefined) return null;
  if (token.expiresAt !== undefined && Date.parse(token.expiresAt) <= state.now()) return null;
  return { token, user: userOf(state, token.login) };
}

function readCredential(header: string): string {
  const [scheme = "", rest = ""] = header.split(/\s+/, 2);
  if (/^(bearer|token)$/i.test(scheme)) return rest;
  if (!/^basic$/i.test(scheme)) return "";
  const [user = "", ...password] = Buffer.from(rest, "base64").toString().split(":");
  return password.join(":") || user;
}

export function canRead(caller: Caller, repo: Repository): boolean {
  if (!hasAccess(repo, caller.user.login)) return false;
  if (!repo.private) return true;
  return caller.token.kind === "classic" ? caller.token.scopes.includes("repo") : isGranted(caller, repo);
}

export function canWrite(caller: Caller, repo: Repository): boolean {
  return isCollaborator(repo, caller.user.login) && mayChange(caller, repo);
}

/** Whether the token may change anything here, whoever its user is. */
export function mayChange(caller: Caller, repo: Repository): boolean {
  const { kind, scopes } = caller.token;
  if (kind === "fine-grained") return isGranted(caller, repo);
  return scopes.includes("repo") || (!repo.private && scopes.includes("public_repo"));
}

export function isGranted(caller: Caller, repo: Repository): boolean {
  const granted = caller.token.repositories;
  if (caller.token.kind === "classic" || granted === undefined) return true;
  return granted.some((name) => name.toLowerCase() === repo.fullName.toLowerCase());
}

/** Whether a fine-grained token holds `actions:write` and the like; a classic one has no such permissions. */
export function holdsPermission(token: Token, name: string, level: "read" | "write"): boolean {
  if (token.kind === "classic" || token.permissions === undefined) return true;
  const held = token.permissions[name];
  return level === "read" ? held !== undefined : held === "write";
}
