import type { Connection } from "../../domain/connection.js";
import type { Target } from "../platform.js";

/** First segments of addresses that are pages of the instance, not groups. */
const reserved = new Set([
  "-", "admin", "api", "assets", "dashboard", "explore", "groups", "health_check", "help", "import", "jwt",
  "oauth", "profile", "projects", "public", "s", "search", "snippets", "uploads", "users", "v2",
]); // prettier-ignore

/**
 * What an address pasted by a person means. The scheme is not compared: people paste `http` links to hosts that redirect.
 * Addresses without `/-/` are those of GitLab before 12.
 */
export function toTarget(connection: Connection, pasted: string): Target | null {
  const base = parse(connection.url);
  const url = parse(pasted);
  if (base === null || url === null || url.host !== base.host) return null;
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  const inside = toInside(base, url);
  if (inside === null) return null;
  const { path, page } = split(inside);
  if (path === "" || !path.includes("/") || reserved.has(path.split("/")[0] ?? "")) return null;
  const found = /^(merge_requests|pipelines)\/(\d{1,15})(?:\/|$)/.exec(page);
  const connectionId = connection.id;
  if (found?.[1] === "merge_requests") {
    return { type: "merge_request", connectionId, path, number: Number(found[2]) };
  }
  if (found?.[1] === "pipelines") {
    return { type: "pipeline", connectionId, path, pipelineId: String(Number(found[2])) };
  }
  return { type: "project", connectionId, path };
}

/** The project's path in the web address of one of its pages, or undefined when it is not of that form. */
export function toProjectPath(connection: Connection, webUrl: string): string | undefined {
  const base = parse(connection.url);
  const url = parse(webUrl);
  if (base === null || url === null) return undefined;
  // The host is not compared: an instance may be reached by another name than the one that it writes into its links.
  const inside = toInside(base, url);
  if (inside === null || !inside.includes("/-/")) return undefined;
  return split(inside).path || undefined;
}

function parse(text: string): URL | null {
  try {
    return new URL(text.trim());
  } catch {
    return null;
  }
}

/** The part of the path under the connection's own sub-path, decoded, without slashes at its ends; null when outside. */
function toInside(base: URL, url: URL): string | null {
  const root = base.pathname.replace(/\/+$/, "");
  if (root !== "" && url.pathname !== root && !url.pathname.startsWith(`${root}/`)) return null;
  try {
    return decodeURIComponent(url.pathname.slice(root.length)).replace(/^\/+|\/+$/g, "");
  } catch {
    return null;
  }
}

function split(inside: string): { path: string; page: string } {
  const marked = inside.indexOf("/-/");
  if (marked >= 0) return { path: inside.slice(0, marked), page: inside.slice(marked + 3) };
  const old = /^(.+?\/.+?)\/((?:merge_requests|pipelines)\/\d+(?:\/.*)?)$/.exec(inside);
  if (old !== null) return { path: old[1] ?? "", page: old[2] ?? "" };
  return { path: inside.replace(/\/-$/, "").replace(/\.git$/, ""), page: "" };
}
