import type { Access } from "../../domain/connection.js";
import { isFailure } from "../../domain/failure.js";
import type { FeatureName } from "../../domain/feature.js";
import type { LackCode } from "../../domain/lack.js";
import type { Source, SourceKind } from "../../domain/source.js";
import type { SourceWants } from "../platform.js";
import type { GitHubSession } from "./client.js";
import { limits } from "./limits.js";
import { readList } from "./lists.js";
import { team, user } from "./schema.js";

/** Who the token belongs to and what it may do. Only classic tokens tell their scopes (`X-OAuth-Scopes`). */
export async function checkAccess(session: GitHubSession): Promise<Access> {
  const { data, headers } = await session.read({ url: "/user", schema: user, what: "your account" });
  const account = { id: data.id, login: data.login, ...(data.name ? { name: data.name } : {}) };
  const expiresAt = toExpiry(headers["github-authentication-token-expiration"]);
  const listed = headers["x-oauth-scopes"];
  if (listed === undefined) {
    return {
      account,
      tokenKind: "fine-grained token",
      scopes: [],
      expiresAt,
      lacks: ["inbox_by_kind"],
      inbox: false,
    };
  }
  const scopes = listed
    .split(",")
    .map((scope) => scope.trim())
    .filter(Boolean);
  const full = scopes.includes("repo");
  const canAct = full || scopes.includes("public_repo");
  const inbox = full || scopes.includes("notifications");
  const teams = await readTeams(session, scopes);
  return {
    account,
    tokenKind: "classic token",
    scopes,
    expiresAt,
    lacks: lacksOf({ full, canAct, inbox, teams }),
    ...(teams === null ? {} : { teams: teams.names }),
    ...toExcess(scopes),
    inbox,
    canAct,
  };
}

function lacksOf(has: { full: boolean; canAct: boolean; inbox: boolean; teams: Teams | null }): LackCode[] {
  const lacks: LackCode[] = [];
  if (!has.full) lacks.push(has.canAct ? "private_projects" : "all_projects");
  if (!has.inbox) lacks.push("inbox");
  if (has.teams === null) lacks.push("teams");
  else if (has.teams.hidden) lacks.push("organizations");
  return lacks;
}

function toExcess(scopes: readonly string[]): Pick<Access, "excess"> {
  const excess = scopes.filter((scope) => excessive.test(scope));
  return excess.length === 0 ? {} : { excess };
}

/** Scopes that change accounts, organizations and packages, or delete. */
const excessive = /^(admin:|delete|write:(org|packages|discussion)|site_admin|codespace|manage_)/;

interface Teams {
  names: string[];
  /** Organizations with single sign-on were left out: GitHub says so in a header of an answer that looks whole. */
  hidden: boolean;
}

/**
 * null: this token may not see them. They only add, so that no trouble with them (a server without teams, a gateway's page) may stop
 * what works without.
 */
async function readTeams(session: GitHubSession, scopes: readonly string[]): Promise<Teams | null> {
  if (!scopes.some((scope) => /^(read|write|admin):org$/.test(scope))) return null;
  const list = { url: "/user/teams", row: team, limit: limits.teams, what: "your teams" };
  const teams = await readList(session, list).catch((error: unknown) => {
    if (isFailure(error) && error.kind !== "throttled" && error.kind !== "unauthorized") return null;
    throw error;
  });
  if (teams === null) return null;
  const names = teams.map(({ organization, slug }) => `${organization.login}/${slug}`);
  return { names, hidden: session.hidesOrganizations() };
}

/** `2026-12-24 10:00:00 UTC` is documented, offsets were seen too; absent means that the token does not expire. */
export function toExpiry(header: string | undefined): string | null {
  if (header === undefined) return null;
  const iso = header
    .trim()
    .replace(/ UTC$/, "Z")
    .replace(/ ([+-]\d\d):?(\d\d)$/, "$1:$2")
    .replace(" ", "T");
  const at = Date.parse(iso);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

const featureSources: Partial<Record<FeatureName, SourceKind>> = {
  pipelines: "pipelines",
  mentions: "mergeRequests",
  reviews: "mergeRequests",
  assignments: "mergeRequests",
  merge_requests: "mergeRequests",
  comments: "mergeRequests",
  docs: "repository",
  wiki: "wiki",
};

export function sourcesFor(wants: SourceWants, connectionId: string): Source[] {
  const sources: Source[] = wants.projects.flatMap(({ project, features }) => {
    const kinds = new Set(features.flatMap((feature) => featureSources[feature] ?? []));
    return [...kinds].map((kind) => ({ connectionId, kind, projectId: project.id }));
  });
  const inbox = wants.personal && wants.access.inbox;
  return inbox ? [{ connectionId, kind: "inbox", projectId: null }, ...sources] : sources;
}
