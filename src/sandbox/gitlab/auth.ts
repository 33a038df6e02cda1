import type { Exchange } from "../server.js";
import { refuse, unauthorized, type Route } from "./api.js";
import type { State, Token } from "./model.js";
import { isActive } from "./serialize.js";

/** Whose token this is. GitLab takes any token as Bearer, and personal ones as `PRIVATE-TOKEN` too. */
export function authenticate(state: State, exchange: Exchange): Token {
  const bearer = /^Bearer (.+)$/i.exec(exchange.headers["authorization"] ?? "")?.[1];
  const value = exchange.headers["private-token"] ?? bearer;
  const token = state.tokens.find((candidate) => candidate.value === value);
  if (token === undefined) throw unauthorized();
  if (token.kind === "oauth" && bearer === undefined) throw unauthorized();
  if (!isActive(state, token)) {
    throw refuse(401, {
      error: "invalid_token",
      error_description: token.revoked
        ? "Token was revoked. You have to re-authorize from the user."
        : "Token is expired. You can either do re-authorization or token refresh.",
    });
  }
  token.lastUsedAt = state.now();
  return token;
}

export function checkScopes(token: Token, route: Route): void {
  const wanted = route.scopes ?? (route.method === "GET" ? ["api", "read_api"] : ["api"]);
  if (wanted.length === 0 || wanted.some((scope) => token.scopes.includes(scope))) return;
  throw refuse(403, {
    error: "insufficient_scope",
    error_description: "The request requires higher privileges than provided by the access token.",
    scope: wanted.join(" "),
  });
}
