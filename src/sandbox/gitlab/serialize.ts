import type { FeedEvent, Group, Project, State, Token, User, WikiPage } from "./model.js";
import { isMember } from "./state.js";
import { toNoteJson } from "./serialize-notes.js";

/** How GitLab writes an instant: UTC with milliseconds. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}

export function toUserJson(state: State, user: User) {
  return {
    id: user.id,
    username: user.username,
    public_email: "",
    name: user.name,
    state: "active",
    locked: false,
    avatar_url: `${state.url}/uploads/-/system/user/avatar/${user.id}/avatar.png`,
    web_url: `${state.url}/${user.username}`,
  };
}

export function toUserOrNull(state: State, user: User | null | undefined) {
  return user == null ? null : toUserJson(state, user);
}

export function toGroupJson(state: State, group: Group) {
  const name = group.path.split("/").at(-1) ?? group.path;
  return {
    id: group.id,
    name,
    path: name,
    full_name: group.path.replaceAll("/", " / "),
    full_path: group.path,
    description: "",
    visibility: "private",
    web_url: `${state.url}/groups/${group.path}`,
    parent_id: null,
  };
}

export function toMemberJson(state: State, user: User) {
  return { ...toUserJson(state, user), access_level: 30, expires_at: null };
}

/** The answer of `/user`, and the user of a job: more than the basic one. */
export function toProfileJson(state: State, user: User) {
  return {
    ...toUserJson(state, user),
    created_at: iso(user.createdAt),
    bio: "",
    location: "",
    linkedin: "",
    twitter: "",
    discord: "",
    website_url: "",
    github: "",
    organization: "",
    job_title: "",
    pronouns: null,
    bot: user.bot,
    work_information: null,
    followers: 0,
    following: 0,
    local_time: null,
  };
}

/** What a person sees of themself. */
export function toOwnProfileJson(state: State, user: User) {
  return {
    ...toProfileJson(state, user),
    last_sign_in_at: null,
    confirmed_at: iso(user.createdAt),
    last_activity_on: iso(state.now()).slice(0, 10),
    email: `${user.username}@example.com`,
    theme_id: 1,
    color_scheme_id: 1,
    projects_limit: 100_000,
    current_sign_in_at: null,
    identities: [],
    can_create_group: true,
    can_create_project: true,
    two_factor_enabled: false,
    external: false,
    private_profile: false,
    commit_email: `${user.username}@example.com`,
  };
}

export function toTokenJson(state: State, token: Token) {
  return {
    id: token.id,
    name: `token-${token.id}`,
    revoked: token.revoked,
    created_at: iso(token.createdAt),
    description: null,
    scopes: token.scopes,
    user_id: token.user.id,
    last_used_at: isoOrNull(token.lastUsedAt),
    active: isActive(state, token),
    expires_at: token.expiresAt,
    last_used_ips: [],
  };
}

/** A token dies at the beginning of the day of its date. */
export function isActive(state: State, token: Token): boolean {
  return !token.revoked && (token.expiresAt === null || iso(state.now()).slice(0, 10) < token.expiresAt);
}

/** `project` of a to-do. */
export function toProjectIdentity(project: Project) {
  const { name, fullName } = namesOf(project);
  return {
    id: project.id,
    description: null,
    name,
    name_with_namespace: fullName,
    path: name,
    path_with_namespace: project.path,
    created_at: iso(project.createdAt),
  };
}

/** What a list with `simple=true` gives. */
export function toBasicProject(state: State, project: Project) {
  const { name, namespace } = namesOf(project);
  const host = new URL(state.url).host;
  return {
    ...toProjectIdentity(project),
    default_branch: project.defaultBranch,
    tag_list: [],
    topics: [],
    ssh_url_to_repo: `git@${host}:${project.path}.git`,
    http_url_to_repo: `${state.url}/${project.path}.git`,
    web_url: `${state.url}/${project.path}`,
    readme_url: `${state.url}/${project.path}/-/blob/${project.defaultBranch}/README.md`,
    forks_count: 0,
    avatar_url: null,
    star_count: 0,
    last_activity_at: iso(project.lastActivityAt),
    visibility: project.private ? "private" : "public",
    namespace: {
      id: project.id + 1000,
      name: namespace.split("/").at(-1),
      path: namespace.split("/").at(-1),
      kind: "group",
      full_path: namespace,
      parent_id: null,
      avatar_url: null,
      web_url: `${state.url}/groups/${namespace}`,
    },
    path: name,
  };
}

export function toProjectJson(state: State, { project, viewer }: { project: Project; viewer: User }) {
  const access = isMember(project, viewer) ? { access_level: 40, notification_level: 3 } : null;
  return {
    ...toBasicProject(state, project),
    _links: { self: `${state.url}/api/v4/projects/${project.id}` },
    empty_repo: false,
    archived: project.archived,
    issues_enabled: true,
    merge_requests_enabled: true,
    wiki_enabled: project.wikiEnabled,
    jobs_enabled: true,
    wiki_access_level: project.wikiEnabled ? "enabled" : "disabled",
    builds_access_level: "enabled",
    repository_access_level: "enabled",
    creator_id: 1,
    open_issues_count: project.issues.filter((issue) => issue.state === "opened").length,
    updated_at: iso(project.lastActivityAt),
    only_allow_merge_if_pipeline_succeeds: false,
    only_allow_merge_if_all_discussions_are_resolved: false,
    merge_method: "merge",
    squash_option: "default_off",
    permissions: { project_access: access, group_access: null },
  };
}

function namesOf(project: Project) {
  const parts = project.path.split("/");
  return {
    name: parts.at(-1) ?? project.path,
    fullName: parts.join(" / "),
    namespace: parts.slice(0, -1).join("/"),
  };
}

export function toEventJson(state: State, event: FeedEvent) {
  const { target, push } = event;
  return {
    id: event.id,
    project_id: event.project.id,
    action_name: event.actionName,
    target_id: target?.id ?? null,
    target_iid: target?.iid ?? null,
    target_type: target?.type ?? null,
    author_id: event.author.id,
    target_title: target?.title ?? null,
    created_at: iso(event.at),
    author: toUserJson(state, event.author),
    imported: false,
    imported_from: "none",
    ...(event.note === null
      ? {}
      : { note: toNoteJson(state, { issuable: event.note.of, note: event.note.note }) }),
    ...(event.wikiPage === null
      ? {}
      : {
          wiki_page: {
            format: "markdown",
            slug: event.wikiPage.slug,
            title: event.wikiPage.title,
            wiki_page_meta_id: event.wikiPage.metaId,
          },
        }),
    ...(push === null
      ? {}
      : {
          push_data: {
            commit_count: push.commitCount,
            action: push.action,
            ref_type: push.refType,
            commit_from: push.from,
            commit_to: push.to,
            ref: push.ref,
            commit_title: push.commitTitle,
            ref_count: null,
          },
        }),
    author_username: event.author.username,
  };
}

export function toWikiJson(page: WikiPage, withContent: boolean) {
  const basic = { format: "markdown", slug: page.slug, title: page.title, wiki_page_meta_id: page.metaId };
  return withContent ? { ...basic, content: page.content, encoding: "UTF-8", front_matter: {} } : basic;
}
