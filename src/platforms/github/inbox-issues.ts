import type { IssueFacts } from "../../domain/facts/index.js";
import type { GitHubSession } from "./client.js";
import { limits } from "./limits.js";
import { readList } from "./lists.js";
import { toPeople, toPerson } from "./normalize.js";
import { repoUrl } from "./projects.js";
import { comment, issue, type CommentsAnswer, type IssueAnswer } from "./schema.js";

/** An issue with its comments since `newsSince` (ISO). */
export async function readIssue(
  session: GitHubSession,
  { path, number, newsSince }: { path: string; number: number; newsSince: string | undefined },
): Promise<{ facts: IssueFacts }> {
  const url = `${repoUrl(path)}/issues/${number}`;
  const what = `issue #${number} of ${path}`;
  const answer = await session.read({ url, schema: issue, what });
  const since = newsSince === undefined ? "" : `?since=${encodeURIComponent(newsSince)}`;
  const list = { url: `${url}/comments${since}`, row: comment, limit: limits.comments, what };
  return { facts: toIssueFacts(answer.data, await readList(session, list), newsSince) };
}

/** `since` goes by the time of the last change: an old comment that was edited is not news. */
function toIssueFacts(
  answer: IssueAnswer,
  comments: CommentsAnswer,
  newsSince: string | undefined,
): IssueFacts {
  const floor = newsSince === undefined ? -Infinity : Date.parse(newsSince);
  return {
    type: "issue",
    number: answer.number,
    title: answer.title,
    url: answer.html_url ?? "",
    description: answer.body ?? "",
    author: toPerson(answer.user),
    state: answer.state === "closed" ? "closed" : "open",
    labels: (answer.labels ?? []).flatMap((label) =>
      typeof label === "string" ? label : (label.name ?? []),
    ),
    createdAt: answer.created_at,
    updatedAt: answer.updated_at,
    assignments: toPeople(answer.assignees).map((person) => ({ person })),
    comments: comments
      .filter((comment) => Date.parse(comment.created_at) >= floor)
      .map((comment) => ({
        id: comment.id,
        at: comment.created_at,
        actor: toPerson(comment.user),
        body: comment.body ?? "",
        url: comment.html_url ?? "",
      })),
    ...(newsSince === undefined ? {} : { newsSince }),
    revision: answer.updated_at,
  };
}
