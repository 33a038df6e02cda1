import * as z from "zod";
import { laterOf, withOverlap } from "../../domain/cursor.js";
import { isFailure } from "../../domain/failure.js";
import type { Facts, IssueFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { PollOutcome, PollRequest } from "../platform.js";
import type { Answer, GitHubSession } from "./client.js";
import { detailsByNumber } from "./details.js";
import { toNewsSince } from "./news.js";
import { toPeople, toPerson, toProject } from "./normalize.js";
import { repoUrl } from "./projects.js";
import {
  commentList,
  issue,
  notificationList,
  type CommentsAnswer,
  type IssueAnswer,
  type NotificationAnswer,
} from "./schema.js";

/** `newest`: the `updated_at` up to which threads have been told; null = the inbox was empty. `baseline`: the first one. */
const cursorShape = z.object({
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  newest: z.string().nullable(),
  baseline: z.string().nullable(),
  /** How often a thread's subject could not be answered, by thread id. */
  missed: z.record(z.string(), z.number()).optional(),
});
type InboxCursor = z.infer<typeof cursorShape>;

type Told = { project: Project; facts: Facts };

/** So many threads are looked at in one poll; the rest follows at once in the next. */
const mostThreads = 60;
const mostPages = 20;
const mostTries = 5;
const defaultIntervalMs = 60_000;

/**
 * However quiet it is: one request for the whole account, free where nothing is new, and what comes here is what somebody waits for.
 * GitHub's own wish (`X-Poll-Interval`) holds all the same.
 */
const activity = "warm";

/**
 * One poll of the account's notifications. A row is only a hint that something happened to its subject: its `reason` stays
 * what it was at first (GitHub's "About notification reasons"), so the subject itself is read. `all=true` shows what was
 * read on the web between two polls.
 */
export async function pollInbox(session: GitHubSession, request: PollRequest): Promise<PollOutcome> {
  const before = cursorShape.safeParse(request.cursor).data;
  const first = await session.readIfChanged({
    url: "/notifications?all=true&per_page=50",
    schema: notificationList,
    what: "your notifications",
    // Notifications are documented with Last-Modified; the ETag is the fallback.
    validator:
      before?.lastModified === undefined ? { etag: before?.etag } : { lastModified: before.lastModified },
  });
  const minIntervalMs = intervalOf(first.headers);
  if (first.status === 304) {
    return { facts: [], cursor: request.cursor, activity, minIntervalMs };
  }
  const answer = first;
  if (before === undefined) {
    const newest = newestOf(answer.data, null);
    const cursor = { ...answer.validator, newest, baseline: newest };
    return { facts: [], cursor, activity, minIntervalMs };
  }
  return { ...(await news(session, { before, answer, request })), minIntervalMs };
}

function intervalOf(headers: Record<string, string>): number {
  const seconds = Number(headers["x-poll-interval"]);
  return seconds > 0 ? seconds * 1000 : defaultIntervalMs;
}

async function news(
  session: GitHubSession,
  given: { before: InboxCursor; answer: Answer<NotificationAnswer[]>; request: PollRequest },
): Promise<PollOutcome> {
  const { before, answer, request } = given;
  const since = before.newest === null ? undefined : withOverlap(before.newest);
  const threads = (await threadsSince(session, answer, since)).sort(byUpdate);
  const chosen = chunkOf(threads, before.newest);
  const left = threads.slice(chosen.length);
  // An inbox that was empty has no newest: what is in it now began with its oldest thread.
  const newsSince = toNewsSince(before) ?? (threads[0] && withOverlap(threads[0].updated_at));
  const told = await tell(session, { threads: chosen, newsSince, before, request });
  const waiting = [...told.missed, ...left];
  const cursor: InboxCursor = {
    ...(waiting.length === 0 ? answer.validator : {}),
    newest: notBeyond(chosen, waiting, before.newest),
    baseline: before.baseline,
    ...(told.missed.length === 0 ? {} : { missed: told.tries }),
  };
  return {
    facts: told.facts,
    cursor,
    activity,
    ...(left.length === 0 ? {} : { more: true }),
    ...(session.hidesOrganizations() ? { shortfalls: [hidden] } : {}),
  };
}

const hidden = { code: "hidden" as const, key: "organizations", values: {} };

/** Enough threads to get past what the overlap shows again, or a busy two minutes would be read for ever. */
function chunkOf(threads: NotificationAnswer[], newest: string | null): NotificationAnswer[] {
  const fresh = threads.findIndex(
    (thread) => newest === null || Date.parse(thread.updated_at) > Date.parse(newest),
  );
  return fresh === -1 ? threads : threads.slice(0, fresh + mostThreads);
}

async function threadsSince(
  session: GitHubSession,
  first: Answer<NotificationAnswer[]>,
  since: string | undefined,
): Promise<NotificationAnswer[]> {
  const threads = new Map<string, NotificationAnswer>();
  let answer = first;
  for (let page = 1; ; page += 1) {
    const fresh = answer.data.filter(
      (row) => since === undefined || Date.parse(row.updated_at) >= Date.parse(since),
    );
    for (const row of fresh) threads.set(row.id, row);
    const done = fresh.length < answer.data.length || answer.next === undefined || page >= mostPages;
    if (done) return [...threads.values()];
    const url: string = answer.next ?? "";
    answer = await session.read({ url, schema: notificationList, what: "your notifications" });
  }
}

interface Telling {
  threads: NotificationAnswer[];
  newsSince: string | undefined;
  before: InboxCursor;
  request: PollRequest;
}

async function tell(
  session: GitHubSession,
  given: Telling,
): Promise<{ facts: Told[]; missed: NotificationAnswer[]; tries: Record<string, number> }> {
  const pulls = await tellPulls(session, given);
  const issues = await tellIssues(session, given);
  const missed: NotificationAnswer[] = [];
  const tries: Record<string, number> = {};
  for (const thread of pulls.missed) {
    const count = (given.before.missed?.[thread.id] ?? 0) + 1;
    if (count >= mostTries) continue;
    missed.push(thread);
    tries[thread.id] = count;
  }
  const facts = [...pulls.facts, ...issues].sort(
    (a, b) => Date.parse(updatedAt(a.facts)) - Date.parse(updatedAt(b.facts)),
  );
  return { facts, missed, tries };
}

function updatedAt(facts: Facts): string {
  return facts.type === "merge_request" || facts.type === "issue" ? facts.updatedAt : "";
}

async function tellPulls(
  session: GitHubSession,
  { threads, newsSince, request }: Telling,
): Promise<{ facts: Told[]; missed: NotificationAnswer[] }> {
  const wanted = threads.flatMap((thread) => {
    const number = numberOf(thread, "PullRequest");
    return number === undefined ? [] : [{ thread, path: thread.repository.full_name, number }];
  });
  const what = "the pull requests of your notifications";
  const details = await detailsByNumber(session, wanted, { newsSince, what });
  const facts: Told[] = [];
  const missed: NotificationAnswer[] = [];
  wanted.forEach(({ thread }, index) => {
    const detail = details[index];
    if (detail?.projectId !== thread.repository.id) return void missed.push(thread);
    facts.push({ project: toProject(thread.repository, request.source.connectionId), facts: detail.facts });
  });
  return { facts, missed };
}

async function tellIssues(session: GitHubSession, { threads, newsSince, request }: Telling): Promise<Told[]> {
  const told: Told[] = [];
  for (const thread of threads) {
    const number = numberOf(thread, "Issue");
    if (number === undefined) continue;
    const facts = await readIssue(session, { thread, number, newsSince }).catch(absentAsNull);
    if (facts === null) continue;
    told.push({ project: toProject(thread.repository, request.source.connectionId), facts });
  }
  return told;
}

/** An issue that was deleted, or in a repository that this token may not see, has nothing to tell. */
function absentAsNull(error: unknown): null {
  if (isFailure(error) && (error.kind === "gone" || error.kind === "forbidden")) return null;
  throw error;
}

function numberOf(thread: NotificationAnswer, type: "PullRequest" | "Issue"): number | undefined {
  if (thread.subject.type !== type) return undefined;
  const digits = /\/(?:pulls|issues)\/(\d+)$/.exec(thread.subject.url ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

async function readIssue(
  session: GitHubSession,
  given: { thread: NotificationAnswer; number: number; newsSince: string | undefined },
): Promise<IssueFacts> {
  const { thread, number, newsSince } = given;
  const path = thread.repository.full_name;
  const url = `${repoUrl(path)}/issues/${number}`;
  const what = `issue #${number} of ${path}`;
  const answer = await session.read({ url, schema: issue, what });
  const comments: CommentsAnswer = [];
  const since = newsSince === undefined ? "" : `&since=${encodeURIComponent(newsSince)}`;
  let next: string | undefined = `${url}/comments?per_page=100${since}`;
  for (let page = 0; next !== undefined && page < mostPages; page += 1) {
    const rows: Answer<CommentsAnswer> = await session.read({ url: next, schema: commentList, what });
    comments.push(...rows.data);
    next = rows.next;
  }
  return toIssueFacts(answer.data, comments, newsSince);
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
    url: answer.html_url,
    description: answer.body ?? "",
    author: toPerson(answer.user),
    state: answer.state,
    labels: answer.labels.flatMap((label) => (typeof label === "string" ? label : (label.name ?? []))),
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
        url: comment.html_url,
      })),
    ...(newsSince === undefined ? {} : { newsSince }),
    revision: answer.updated_at,
  };
}

function byUpdate(a: NotificationAnswer, b: NotificationAnswer): number {
  return Date.parse(a.updated_at) - Date.parse(b.updated_at);
}

function newestOf(threads: NotificationAnswer[], floor: string | null): string | null {
  return threads.reduce<string | null>((newest, row) => laterOf(newest, row.updated_at) ?? null, floor);
}

function notBeyond(
  told: NotificationAnswer[],
  waiting: NotificationAnswer[],
  floor: string | null,
): string | null {
  const limit = Math.min(Infinity, ...waiting.map((row) => Date.parse(row.updated_at)));
  return newestOf(
    told.filter((row) => Date.parse(row.updated_at) <= limit),
    floor,
  );
}
