import { attemptOf } from "../actions.js";
import type { State, Thread } from "../state.js";
import { repositoryUrl, toMinimalRepository } from "./repository.js";

/** `thread` of the official description: one row of an inbox. */
export function toThread(state: State, thread: Thread): object {
  const url = `${state.urls.api}/notifications/threads/${thread.id}`;
  return {
    id: String(thread.id),
    repository: toMinimalRepository(state, thread.repo),
    subject: toSubject(state, thread),
    reason: thread.reason,
    unread: thread.unread,
    updated_at: thread.updatedAt,
    last_read_at: thread.lastReadAt,
    url,
    subscription_url: `${url}/subscription`,
  };
}

function toSubject(state: State, thread: Thread): object {
  const { subject } = thread;
  if ("attempts" in subject) {
    // GitHub gives a check suite no address, although its description promises one.
    const title = `${subject.workflow} workflow run ${attemptOf(subject).conclusion === "failure" ? "failed" : "finished"} for ${subject.branch} branch`;
    return { title, url: null, latest_comment_url: null, type: "CheckSuite" };
  }
  const repoUrl = repositoryUrl(state, subject.repo);
  if (subject.kind === "page") {
    const { title, type, path, comment } = subject;
    const url = path === null ? null : `${repoUrl}${path}`;
    return {
      title,
      url,
      latest_comment_url: comment === null ? url : `${repoUrl}/comments/${comment.id}`,
      type,
    };
  }
  const isPull = subject.kind === "pull_request";
  const url = `${repoUrl}/${isPull ? "pulls" : "issues"}/${subject.number}`;
  return {
    title: subject.title,
    url,
    // Stays at the last comment whatever happens afterwards: a thread that moves is not a new comment.
    latest_comment_url: latestComment(thread, repoUrl) ?? url,
    type: isPull ? "PullRequest" : "Issue",
  };
}

function latestComment(thread: Thread, repoUrl: string): string | undefined {
  const { subject } = thread;
  if ("attempts" in subject || subject.kind === "page") return undefined;
  const plain = subject.comments.at(-1);
  const inline =
    subject.kind === "pull_request" ? subject.reviews.flatMap((review) => review.comments).at(-1) : undefined;
  const isInline = inline !== undefined && inline.id > (plain?.id ?? 0);
  if (isInline) return `${repoUrl}/pulls/comments/${inline.id}`;
  return plain && `${repoUrl}/issues/comments/${plain.id}`;
}
