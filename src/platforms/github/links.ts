import type { Facts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";

/**
 * Addresses in answers become links and buttons. One that names another host than the connection's (a server behind an alias, or a
 * hostile answer) is taken for the same page there; one that is missing is made.
 */
export function toOwnUrl(webUrl: string, url: string): string {
  if (!URL.canParse(url)) return "";
  const { protocol, origin, pathname, search, hash } = new URL(url);
  // Of `mailto:` and the like there is no page.
  if (!/^https?:$/.test(protocol) || !pathname.startsWith("/")) return "";
  return origin === new URL(webUrl).origin ? url : `${new URL(webUrl).origin}${pathname}${search}${hash}`;
}

export function withOwnProjectUrl(webUrl: string, project: Project): Project {
  const url = toOwnUrl(webUrl, project.url) || `${webUrl}/${project.path}`;
  return url === project.url ? project : { ...project, url };
}

const pages: Partial<Record<Facts["type"], string>> = { merge_request: "pull", issue: "issues" };

export function withOwnUrls<F extends Facts>(webUrl: string, project: Project, facts: F): F {
  const section = pages[facts.type];
  const number = "number" in facts ? facts.number : undefined;
  const url =
    toOwnUrl(webUrl, facts.url) ||
    (section === undefined ? project.url : `${project.url}/${section}/${number}`);
  return { ...own(webUrl, url, facts), url };
}

/** Every `url` and `changeUrl` at any depth; what is missing leads to the page itself. */
function own<T>(webUrl: string, page: string, value: T): T {
  if (Array.isArray(value)) return value.map((one: unknown) => own(webUrl, page, one)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]: [string, unknown]) => [
    key,
    (key === "url" || key === "changeUrl") && typeof one === "string"
      ? toOwnUrl(webUrl, one) || page
      : own(webUrl, page, one),
  ]);
  return Object.fromEntries(entries) as T;
}
