import { toNodeId, userOf, type State, type Team, type User } from "../state.js";

/** `simple-user` of the official description. */
export function toSimpleUser(state: State, login: string): object {
  return userShape(state, userOf(state, login));
}

function userShape(state: State, user: User): object {
  const url = `${state.urls.api}/users/${encodeURIComponent(user.login)}`;
  const page = user.type === "Bot" ? `apps/${user.login.replace(/\[bot\]$/, "")}` : user.login;
  return {
    login: user.login,
    id: user.id,
    node_id: toNodeId("User", user.id),
    avatar_url: `${state.urls.web}/avatars/u/${user.id}`,
    gravatar_id: "",
    url,
    html_url: `${state.urls.web}/${page}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** `public-user` of the official description. */
export function toProfile(state: State, user: User): object {
  return {
    ...userShape(state, user),
    name: user.name,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: user.createdAt,
    updated_at: user.createdAt,
  };
}

/** `team`, which holds all that `team-simple` asks for. */
export function toTeam(state: State, team: Team): object {
  const org = userOf(state, team.org);
  const url = `${state.urls.api}/organizations/${org.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: toNodeId("Team", team.id),
    name: team.slug,
    slug: team.slug,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "pull",
    url,
    html_url: `${state.urls.web}/orgs/${team.org}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: "organization",
    organization_id: org.id,
    parent: null,
  };
}

/** `team-full`: what `GET /user/teams` answers. */
export function toFullTeam(state: State, team: Team): object {
  const org = userOf(state, team.org);
  const url = `${state.urls.api}/orgs/${org.login}`;
  const made = "2020-01-01T00:00:00Z";
  return {
    ...toTeam(state, team),
    members_count: team.members.length,
    repos_count: 0,
    created_at: made,
    updated_at: made,
    organization: {
      login: org.login,
      id: org.id,
      node_id: toNodeId("User", org.id),
      url,
      repos_url: `${url}/repos`,
      events_url: `${url}/events`,
      hooks_url: `${url}/hooks`,
      issues_url: `${url}/issues`,
      members_url: `${url}/members{/member}`,
      public_members_url: `${url}/public_members{/member}`,
      avatar_url: `${state.urls.web}/avatars/${org.id}`,
      description: null,
      html_url: `${state.urls.web}/${org.login}`,
      has_organization_projects: true,
      has_repository_projects: true,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      type: "Organization",
      created_at: made,
      updated_at: made,
      archived_at: null,
    },
  };
}
