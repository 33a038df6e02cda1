import * as z from "zod";
import { isFailure } from "../../domain/failure.js";
import type { IssueFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { GitHubSession } from "./client.js";
import { readDiscussion } from "./inbox-discussions.js";
import { toPerson } from "./normalize.js";
import { user, type NotificationAnswer } from "./schema.js";

/** Kinds of thread that nobody is mentioned in, or that other sources tell of. */
const silent = [
  "CheckSuite",
  "RepositoryInvitation",
  "RepositoryDependabotAlertsThread",
  "PullRequest",
  "Issue",
];

const pageWords: Record<string, { name: string; path: (thread: NotificationAnswer) => string }> = {
  Discussion: {
    name: "discussion",
    path: ({ subject }) => `/discussions?discussions_q=${encodeURIComponent(subject.title)}`,
  },
  Commit: { name: "commit", path: (thread) => `/commit/${lastPart(thread)}` },
  Release: { name: "release", path: () => "/releases" },
  RepositoryAdvisory: { name: "advisory", path: () => "/security/advisories" },
  RepositoryVulnerabilityAlert: { name: "alert", path: () => "/security/dependabot" },
};

function lastPart({ subject }: NotificationAnswer): string {
  return (subject.url ?? "").split("/").at(-1) ?? "";
}

/**
 * A page that is neither issue nor pull request, where the account was mentioned. REST names a discussion by its title alone, so that its words come by GraphQL;
 * of a commit and a release it names the latest comment, or the text itself, which is read.
 */
export async function readPage(
  session: GitHubSession,
  given: { thread: NotificationAnswer; project: Project; newsSince: string | undefined; byRest: boolean },
): Promise<IssueFacts | null> {
  const { thread, project, newsSince } = given;
  const { subject, reason } = thread;
  if (silent.includes(subject.type)) return null;
  const words = pageWords[subject.type];
  const url = `${project.url}${words?.path(thread) ?? ""}`;
  if (subject.type === "Discussion" && !given.byRest) {
    const told = await readDiscussion(session, thread, newsSince);
    if (told !== null) return { ...toPage(thread, { url, newsSince }), ...told };
  }
  const text = await readText(session, thread);
  // The reason stays what it was at first: where the words can be read they decide.
  if (text === null && !["mention", "team_mention"].includes(reason)) return null;
  return { ...toPage(thread, { url, newsSince }), comments: [toComment(thread, text, url)] };
}

function toPage(
  thread: NotificationAnswer,
  { url, newsSince }: { url: string; newsSince: string | undefined },
): IssueFacts {
  const { subject } = thread;
  return {
    type: "issue",
    number: 0,
    page: { key: `thread:${thread.id}`, name: nameOf(thread, pageWords[subject.type]?.name) },
    title: subject.title,
    url,
    author: null,
    state: null,
    labels: [],
    createdAt: thread.updated_at,
    updatedAt: thread.updated_at,
    assignments: [],
    comments: [],
    ...(newsSince === undefined ? {} : { newsSince }),
    revision: thread.updated_at,
  };
}

type Text = z.infer<typeof words> | null;

function toComment(thread: NotificationAnswer, text: Text, url: string): IssueFacts["comments"][number] {
  const at = thread.updated_at;
  // Without its words it is told once.
  if (text === null)
    return { id: `thread:${thread.id}`, at, actor: null, body: "", url, mentionsAccount: true };
  return { id: text.id, at, actor: toPerson(text.user), body: text.body, url: text.html_url ?? url };
}

/** A commit as people know it; of others the kind. */
function nameOf(thread: NotificationAnswer, word: string | undefined): string {
  if (thread.subject.type === "Commit") return lastPart(thread).slice(0, 8) || "commit";
  return word ?? thread.subject.type.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

const words = z.object({
  id: z.union([z.number(), z.bigint(), z.string()]).transform((id) => `comment:${id}`),
  body: z.string(),
  html_url: z.string().nullish(),
  user: user.nullish(),
});

/** Only under the API that is asked anyway: the address comes from an answer. */
async function readText(session: GitHubSession, { subject }: NotificationAnswer) {
  const path = /\/(?:repos|repositories)\/.+$/.exec(subject.latest_comment_url ?? "")?.[0];
  if (path === undefined || !/\/(?:comments|releases)\/\d+$/.test(path)) return null;
  try {
    return (await session.read({ url: path, schema: words, what: "a comment of your notifications" })).data;
  } catch (error) {
    if (isFailure(error) && error.kind !== "throttled" && error.kind !== "unauthorized") return null;
    throw error;
  }
}
