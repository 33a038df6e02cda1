import * as z from "zod";
import type { IssueFacts } from "../../domain/facts/index.js";
import { isFailure } from "../../domain/failure.js";
import { listOf } from "../../lib/list-of.js";
import type { GitHubSession } from "./client.js";
import { toActor } from "./normalize-detail.js";
import { actor } from "./pull-query.js";
import type { NotificationAnswer } from "./schema.js";

/** A notification names a discussion by its title alone, so that it is searched for. One query per thread that moved, of cost 1. */
const query = `query($find: String!) {
  search(type: DISCUSSION, first: 5, query: $find) {
    nodes {
      ... on Discussion {
        title url body createdAt updatedAt author { ...who }
        comments(last: 20) { nodes { ...words replies(last: 10) { nodes { ...words } } } }
      }
    }
  }
}
fragment words on DiscussionComment { databaseId body url createdAt author { ...who } }
fragment who on Actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }`;

const words = z.object({
  databaseId: z.union([z.number(), z.bigint()]),
  body: z.string(),
  url: z.string(),
  createdAt: z.string(),
  author: actor.nullish(),
});
const discussion = z.object({
  title: z.string(),
  url: z.string(),
  body: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  author: actor.nullish(),
  comments: z.object({
    nodes: listOf(words.extend({ replies: z.object({ nodes: listOf(words) }) })),
  }),
});
const found = z.object({ search: z.object({ nodes: listOf(discussion.nullable().catch(null)) }) });
type Discussion = z.infer<typeof discussion>;

type Told = Pick<IssueFacts, "url" | "author" | "description" | "createdAt" | "comments">;

/** The discussion of a thread with its latest comments since `newsSince`; null where it is not found, or GraphQL cannot be had. */
export async function readDiscussion(
  session: GitHubSession,
  { repository, subject }: NotificationAnswer,
  newsSince: string | undefined,
): Promise<Told | null> {
  const { title } = subject;
  const find = `repo:${repository.full_name} in:title "${title.replaceAll(/["\\]/g, " ")}"`;
  const request = { query, variables: { find }, schema: found, what: "a discussion of your notifications" };
  try {
    const { search } = await session.graphql(request);
    const [one] = search.nodes.flatMap((node) => (node?.title === title ? [node] : []));
    return one === undefined ? null : toTold(one, newsSince);
  } catch (error) {
    if (isFailure(error) && error.kind !== "throttled" && error.kind !== "unauthorized") return null;
    throw error;
  }
}

function toTold(answer: Discussion, newsSince: string | undefined): Told {
  const floor = newsSince === undefined ? -Infinity : Date.parse(newsSince);
  const all = answer.comments.nodes.flatMap(({ replies, ...comment }) => [comment, ...replies.nodes]);
  return {
    url: answer.url,
    author: toActor(answer.author),
    description: answer.body,
    createdAt: answer.createdAt,
    comments: all
      .filter((one) => Date.parse(one.createdAt) >= floor)
      .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
      .map(({ databaseId, createdAt, author, body, url }) => ({
        id: `discussion:${databaseId}`,
        at: createdAt,
        actor: toActor(author),
        body,
        url,
      })),
  };
}
