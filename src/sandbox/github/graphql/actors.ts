import { toNodeId, userOf, type State } from "../state.js";
import type { GraphqlObject } from "./execute.js";

/** A user or a bot. GraphQL writes a bot's login without the `[bot]` that REST gives it. */
export function toActor(state: State, login: string): GraphqlObject {
  const user = userOf(state, login);
  const name = user.type === "Bot" ? user.login.replace(/\[bot\]$/, "") : user.login;
  const page = user.type === "Bot" ? `/apps/${name}` : `/${name}`;
  return {
    __typename: user.type,
    interfaces: ["Actor", "Node", "RepositoryOwner", "UniformResourceLocatable"],
    fields: {
      id: toNodeId("User", user.id),
      databaseId: user.id,
      login: name,
      // A bot has no name.
      ...(user.type === "Bot" ? {} : { name: user.name }),
      avatarUrl: `${state.urls.web}/avatars/u/${user.id}`,
      url: state.urls.web + page,
      resourcePath: page,
      createdAt: user.createdAt,
      updatedAt: user.createdAt,
    },
  };
}

/** Whoever can be asked for a review: a login or `org/team`. */
export function toReviewer(state: State, name: string): GraphqlObject {
  const team = state.teams.get(name.toLowerCase());
  if (team === undefined) return toActor(state, name);
  return {
    __typename: "Team",
    interfaces: ["Node"],
    fields: {
      id: toNodeId("Team", team.id),
      databaseId: team.id,
      name: team.slug,
      slug: team.slug,
      combinedSlug: `${team.org}/${team.slug}`,
      url: `${state.urls.web}/orgs/${team.org}/teams/${team.slug}`,
    },
  };
}
