import * as z from "zod";
import { toIssue, toIssueComment } from "../shapes/conversation.js";
import { toIssueEvent } from "../shapes/issue-event.js";
import type { Comment } from "../state.js";
import {
  list,
  notFound,
  ok,
  readBody,
  sinceFilter,
  subjectIn,
  type RepoRequest,
  type RestReply,
} from "./route.js";

const issues = "/repos/{owner}/{repo}/issues";
const one = `${issues}/{issue_number}`;

export const issueRoutes = [
  { operation: `GET ${issues}`, needs: "issues:read", handle: listIssues },
  { operation: `GET ${issues}/comments`, needs: "issues:read", handle: listAllComments },
  { operation: `GET ${issues}/comments/{comment_id}`, needs: "issues:read", handle: readComment },
  {
    operation: `GET ${one}`,
    needs: "issues:read",
    handle: (request: RepoRequest) => ok(toIssue(request.state, subjectIn(request))),
  },
  { operation: `PATCH ${one}`, needs: "issues:write", collaborator: true, handle: updateIssue },
  { operation: `GET ${one}/comments`, needs: "issues:read", handle: listComments },
  { operation: `GET ${one}/events`, needs: "issues:read", handle: listEvents },
  { operation: `POST ${one}/comments`, needs: "issues:write", handle: createComment },
];

/** Issues and pull requests together, as on GitHub. */
function listIssues(request: RepoRequest): RestReply {
  const { state, repo, query } = request;
  const wanted = query.get("state") ?? "open";
  const byUpdate = query.get("sort") === "updated";
  const found = sinceFilter(request, [...repo.subjects.values()], (subject) => subject.updatedAt)
    .filter((subject) => wanted === "all" || (subject.state === "OPEN") === (wanted === "open"))
    .sort((a, b) => {
      const [x, y] = byUpdate ? [a.updatedAt, b.updatedAt] : [a.createdAt, b.createdAt];
      return x === y ? a.number - b.number : x < y ? -1 : 1;
    });
  if (query.get("direction") !== "asc") found.reverse();
  return list(request, found, (subject) => toIssue(state, subject));
}

const issueChanges = z.object({ state: z.enum(["open", "closed"]).optional() });

function updateIssue(request: RepoRequest): RestReply {
  const subject = subjectIn(request);
  const changes = readBody(request, issueChanges);
  const by = request.caller.user.login;
  const { fullName } = subject.repo;
  if (changes.state === "closed") request.world.close(fullName, subject.number, { by });
  if (changes.state === "open") request.world.reopen(fullName, subject.number, { by });
  return ok(toIssue(request.state, subject));
}

function listComments(request: RepoRequest): RestReply {
  const subject = subjectIn(request);
  const found = sinceFilter(request, subject.comments, (comment) => comment.at);
  return list(request, found, (comment) => toIssueComment(request.state, subject, comment));
}

function listEvents(request: RepoRequest): RestReply {
  const subject = subjectIn(request);
  const events = subject.timeline.flatMap((item) => toIssueEvent(request.state, subject, item) ?? []);
  return list(request, events, (event) => event);
}

function listAllComments(request: RepoRequest): RestReply {
  const { state, query } = request;
  const found = sinceFilter(request, allComments(request), ({ comment }) => comment.at);
  found.sort((a, b) => a.comment.id - b.comment.id);
  if (query.get("direction") === "desc" || (query.has("sort") && !query.has("direction"))) found.reverse();
  return list(request, found, ({ subject, comment }) => toIssueComment(state, subject, comment));
}

function readComment(request: RepoRequest): RestReply {
  const id = request.params["comment_id"];
  const found = allComments(request).find(({ comment }) => String(comment.id) === id);
  if (found === undefined) return notFound();
  return ok(toIssueComment(request.state, found.subject, found.comment));
}

function allComments({
  repo,
}: RepoRequest): Array<{ subject: ReturnType<typeof subjectIn>; comment: Comment }> {
  return [...repo.subjects.values()].flatMap((subject) =>
    subject.comments.map((comment) => ({ subject, comment })),
  );
}

function createComment(request: RepoRequest): RestReply {
  const subject = subjectIn(request);
  const { body } = readBody(request, z.object({ body: z.string().min(1) }));
  const by = request.caller.user.login;
  const { id } = request.world.comment(subject.repo.fullName, subject.number, { by, body });
  const added = subject.comments.find((comment) => comment.id === id);
  if (added === undefined) return notFound();
  return { status: 201, body: toIssueComment(request.state, subject, added) };
}
