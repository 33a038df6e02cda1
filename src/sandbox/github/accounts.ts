import { toNodeId, userOf, stamp, type State, type Token } from "./state.js";

export function addUser(state: State, login: string, options: { name?: string; bot?: boolean } = {}): void {
  addAccount(state, login, { name: options.name ?? null, type: options.bot === true ? "Bot" : "User" });
}

/** An owner that nobody added is an organization. */
export function ensureOwner(state: State, login: string): void {
  if (!state.users.has(login.toLowerCase())) addAccount(state, login, { name: null, type: "Organization" });
}

function addAccount(
  state: State,
  login: string,
  details: { name: string | null; type: "User" | "Bot" | "Organization" },
): void {
  const user = { id: state.nextId("account"), login, ...details, createdAt: stamp(state) };
  state.users.set(login.toLowerCase(), user);
  state.nodes.set(toNodeId("User", user.id), () => ({ type: "User", user }));
}

/** `name` is `org/team`. */
export function addTeam(state: State, name: string, members: string[]): void {
  const [org = "", slug = ""] = name.split("/");
  ensureOwner(state, org);
  const logins = members.map((member) => userOf(state, member).login);
  state.teams.set(name.toLowerCase(), { id: state.nextId("account"), org, slug, members: logins });
}

export type TokenOptions = Pick<Token, "login" | "kind" | "expiresAt" | "repositories" | "permissions"> & {
  scopes?: string[];
};

/** Scopes of a classic token that are not given: `repo`, `notifications`, `read:org`. */
export function addToken(state: State, value: string, options: TokenOptions): void {
  const login = userOf(state, options.login).login;
  const scopes = options.kind === "classic" ? (options.scopes ?? ["notifications", "read:org", "repo"]) : [];
  state.tokens.set(value, { ...options, value, login, scopes });
}

export function revokeToken(state: State, value: string): void {
  state.tokens.delete(value);
}
