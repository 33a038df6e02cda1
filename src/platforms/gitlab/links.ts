import type { Connection } from "../../domain/connection.js";
import type { Project } from "../../domain/project.js";

/**
 * Addresses are made of the connection's own and the project's path, never taken from an answer: a `web_url` that names another
 * host would become the card's link and its button.
 */
export function toProjectUrl(connection: Connection, path: string): string {
  return `${connection.url}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

export function toMergeRequestUrl(project: Pick<Project, "url">, iid: number): string {
  return `${project.url}/-/merge_requests/${iid}`;
}

export function toIssueUrl(project: Pick<Project, "url">, iid: number): string {
  return `${project.url}/-/issues/${iid}`;
}

export function toPipelineUrl(project: Pick<Project, "url">, id: number): string {
  return `${project.url}/-/pipelines/${id}`;
}

export function toJobUrl(project: Pick<Project, "url">, id: number): string {
  return `${project.url}/-/jobs/${id}`;
}

export function toCommitUrl(project: Pick<Project, "url">, sha: string): string {
  return `${project.url}/-/commit/${encodeURIComponent(sha)}`;
}

export function toComparisonUrl(project: Pick<Project, "url">, shas: { from: string; to: string }): string {
  return `${project.url}/-/compare/${shas.from}...${shas.to}`;
}

/** The same page under the connection's own address, or undefined when `webUrl` is none of this GitLab's addresses. */
export function toOwnUrl(connection: Connection, webUrl: string): string | undefined {
  const [own, there] = [connection.url, webUrl].map((text) =>
    URL.canParse(text) ? new URL(text) : undefined,
  );
  if (own === undefined || there === undefined || !/^https?:$/.test(there.protocol)) return undefined;
  const root = own.pathname.replace(/\/+$/, "");
  if (root !== "" && !there.pathname.startsWith(`${root}/`)) return undefined;
  return `${own.origin}${there.pathname}${there.search}${there.hash}`;
}
