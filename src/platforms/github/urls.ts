import type { Connection } from "../../domain/connection.js";
import type { Target } from "../platform.js";

/** Where the API of an instance is: GitHub.com, GHE.com with data residency, or a GitHub Enterprise Server. */
export function toApiUrl(connection: Pick<Connection, "url" | "apiUrl">): string {
  if (connection.apiUrl !== undefined) return connection.apiUrl.replace(/\/+$/, "");
  const url = new URL(connection.url);
  const hosted = url.hostname === "github.com" || url.hostname.endsWith(".ghe.com");
  return hosted ? `${url.protocol}//api.${url.host}` : `${connection.url.replace(/\/+$/, "")}/api/v3`;
}

/** First parts of addresses that are GitHub's own pages and not somebody's repository. */
const pages = new Set([
  "about", "apps", "codespaces", "collections", "dashboard", "enterprise", "explore", "features", "issues", "login",
  "marketplace", "new", "notifications", "orgs", "organizations", "pricing", "pulls", "search", "sessions", "settings",
  "site", "sponsors", "stars", "topics", "trending", "users",
]); // prettier-ignore

export function parseUrl(text: string, connection: Pick<Connection, "id" | "url">): Target | null {
  const base = new URL(connection.url);
  const url = toUrl(text);
  const prefix = base.pathname.replace(/\/$/, "");
  if (url === null || url.host !== base.host || !`${url.pathname}/`.startsWith(`${prefix}/`)) return null;
  const parts = url.pathname.slice(prefix.length).split("/").filter(Boolean).map(decoded);
  const [owner, name, section, ...rest] = parts;
  if (owner === undefined || name === undefined || pages.has(owner)) return null;
  const path = `${owner}/${name.replace(/\.git$/, "")}`;
  const connectionId = connection.id;
  if (section === "pull" && isNumber(rest[0])) {
    return { type: "merge_request", connectionId, path, number: Number(rest[0]) };
  }
  if (section === "actions" && rest[0] === "runs" && isNumber(rest[1])) {
    return { type: "pipeline", connectionId, path, pipelineId: rest[1] };
  }
  return { type: "project", connectionId, path };
}

function toUrl(text: string): URL | null {
  return URL.canParse(text.trim()) ? new URL(text.trim()) : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function isNumber(part: string | undefined): part is string {
  return part !== undefined && /^\d+$/.test(part);
}
