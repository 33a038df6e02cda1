import {
  hasAccess,
  stamp,
  userOf,
  type Issue,
  type Page,
  type PullRequest,
  type Repository,
  type Run,
  type State,
  type Thread,
} from "./state.js";

/** Reasons that replace the one that a thread has; any other keeps it, which is why `reason` is sticky. */
const directReasons = new Set(["assign", "review_requested", "mention", "team_mention"]);

/** Makes people hear of a conversation from now on, and tells them of it once. */
export function involve(
  state: State,
  subject: Issue | PullRequest,
  people: { logins: string[]; reason: string; by: string },
): void {
  for (const login of people.logins) {
    const known = subject.subscribers.get(login);
    if (known === undefined || directReasons.has(people.reason)) {
      subject.subscribers.set(login, people.reason);
    }
    if (login !== people.by && people.reason !== "author") touch(state, subject, login);
  }
}

/** Something happened: everybody involved hears of it but the one who did it. */
export function bump(state: State, subject: Issue | PullRequest, by: string): void {
  for (const login of subject.subscribers.keys()) {
    if (login.toLowerCase() !== by.toLowerCase()) touch(state, subject, login);
  }
}

/** A text was published: its author takes part, whom it mentions is called, the others hear of it. */
export function publish(
  state: State,
  subject: Issue | PullRequest,
  text: { by: string; body: string },
): void {
  const by = userOf(state, text.by).login;
  const { users, teamMembers } = findMentions(state, text.body);
  involve(state, subject, { logins: [by], reason: "comment", by });
  involve(state, subject, { logins: teamMembers, reason: "team_mention", by });
  involve(state, subject, { logins: users, reason: "mention", by });
  bump(state, subject, by);
}

/** The inbox hears of a workflow run that failed, and only who started it does. */
export function notifyOfRun(state: State, run: Run): void {
  const attempt = run.attempts.at(-1);
  if (attempt === undefined || attempt.conclusion !== "failure") return;
  openThread(state, run, { login: attempt.actor, reason: "ci_activity" });
}

export interface PageMention {
  login: string;
  reason?: string;
  /** `Discussion`, `Commit`, `Release`, … */
  type: string;
  title: string;
  path?: string;
  comment?: { by: string; body: string };
}

/** Somebody was meant on a page that is neither issue nor pull request. Told again, it is the same thread. */
export function mentionOnPage(state: State, repo: Repository, request: PageMention): void {
  const { login, reason = "mention", type, title, path = null, comment } = request;
  const known = state.threads.find(
    ({ subject }) =>
      "type" in subject && subject.type === type && subject.title === title && subject.repo === repo,
  )?.subject;
  const page: Page =
    known !== undefined && "type" in known
      ? known
      : { kind: "page", repo, type, title, path, comment: null, talk: [] };
  if (comment !== undefined) {
    const said = { id: state.nextId("content"), author: comment.by, body: comment.body };
    // REST tells nothing of what is said in a discussion.
    if (type === "Discussion") page.talk.push({ ...said, at: stamp(state) });
    else page.comment = said;
  }
  openThread(state, page, { login, reason });
}

function touch(state: State, subject: Issue | PullRequest, login: string): void {
  if (!hasAccess(subject.repo, login) || userOf(state, login).type !== "User") return;
  openThread(state, subject, { login, reason: subject.subscribers.get(login) ?? "subscribed" });
}

function openThread(
  state: State,
  subject: Issue | PullRequest | Run | Page,
  reader: { login: string; reason: string },
): void {
  const known = state.threads.find((thread) => thread.subject === subject && thread.login === reader.login);
  const thread: Thread = known ?? {
    id: state.nextId("content"),
    login: reader.login,
    repo: subject.repo,
    subject,
    reason: reader.reason,
    unread: true,
    updatedAt: "",
    lastReadAt: null,
    version: 0,
    done: false,
  };
  if (known === undefined) state.threads.push(thread);
  thread.reason = reader.reason;
  thread.unread = true;
  thread.done = false;
  thread.updatedAt = stamp(state);
  thread.version += 1;
}

/** `@login` and `@org/team` outside of code, for accounts that exist. */
function findMentions(state: State, text: string): { users: string[]; teamMembers: string[] } {
  const prose = text
    .replace(/^(```|~~~)[\s\S]*?(^\1|$(?![\s\S]))/gm, " ")
    .replace(/(`+)[\s\S]*?\1/g, " ")
    .replace(/<!--[\s\S]*?-->/g, " ");
  const users = new Set<string>();
  const teamMembers = new Set<string>();
  for (const [, name = ""] of prose.matchAll(
    /(?<![\w/`@])@([a-z\d](?:[a-z\d-]*[a-z\d])?(?:\/[a-z\d][\w-]*)?)/gi,
  )) {
    const team = state.teams.get(name.toLowerCase());
    const user = state.users.get(name.toLowerCase());
    for (const member of team?.members ?? []) teamMembers.add(member);
    if (user?.type === "User") users.add(user.login);
  }
  return { users: [...users], teamMembers: [...teamMembers] };
}
