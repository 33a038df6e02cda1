import { openIssue } from "./issues.js";
import {
  closeIssuable, followBranch, mergeMergeRequest, openMergeRequest, pushToMergeRequest, reopenIssuable, setConflict, setDraft, setLabels,
} from "./merge-requests.js"; // prettier-ignore
import type { State } from "./model.js";
import { addComment, resolveThread } from "./notes.js";
import { finishPipeline, retryPipeline, startPipeline, type JobResult } from "./pipelines.js";
import {
  addProject,
  addToken,
  addUser,
  deleteProject,
  moveProject,
  setMember,
  type NewProject,
} from "./projects.js";
import { addCommit } from "./repository.js";
import { approve, assign, requestChanges, requestReview, unapprove } from "./reviews.js";
import { findIssue, findMergeRequest, findPipeline, findProject, findUser } from "./state.js";
import { editWiki } from "./wiki.js";

export type World = ReturnType<typeof createWorld>;

interface By {
  by: string;
}

/**
 * What people do on this GitLab. People are usernames, projects are paths, and every method throws on a name that nobody
 * added. What a token does over HTTP goes through the same functions.
 */
export function createWorld(state: State) {
  return {
    ...accountMethods(state),
    ...mergeRequestMethods(state),
    ...reviewMethods(state),
    ...issueMethods(state),
    ...pipelineMethods(state),
    ...repositoryMethods(state),
  };
}

function accountMethods(state: State) {
  return {
    addUser(username: string, made: { name?: string; bot?: boolean } = {}): { id: number } {
      return { id: addUser(state, username, made).id };
    },
    /** `scopes` as GitLab names them: `api`, `read_api`, `read_user`, … `expiresAt` is a date, `2027-01-31`. */
    addToken(
      token: string,
      made: { username: string; scopes: string[]; expiresAt?: string | null; kind?: "pat" | "oauth" },
    ): void {
      addToken(state, token, { ...made, user: findUser(state, made.username) });
    },
    revokeToken(token: string): void {
      for (const other of state.tokens) if (other.value === token) other.revoked = true;
    },
    /** `members` left out means that everybody is one. */
    addProject(path: string, made: NewProject = {}): { id: number } {
      return { id: addProject(state, path, made).id };
    },
    addGroup(path: string, { members }: { members: string[] }): { id: number } {
      const group = { id: state.nextId("group"), path, members: new Set(members) };
      state.groups.push(group);
      return { id: group.id };
    },
    moveProject(project: string, newPath: string): void {
      moveProject(findProject(state, project), newPath);
    },
    deleteProject(project: string): void {
      deleteProject(state, findProject(state, project));
    },
    setMember(project: string, username: string, allowed: boolean): void {
      setMember(state, findProject(state, project), { user: findUser(state, username), allowed });
    },
  };
}

/** The lookups that nearly every method begins with. */
function lookups(state: State) {
  return {
    user: (username: string) => findUser(state, username),
    by: ({ by }: By) => findUser(state, by),
    mergeRequest: (project: string, iid: number) => findMergeRequest(findProject(state, project), iid),
  };
}

function mergeRequestMethods(state: State) {
  const { user, by, mergeRequest } = lookups(state);
  return {
    openMergeRequest(
      project: string,
      made: {
        author: string;
        title: string;
        description?: string;
        source: string;
        target?: string;
        draft?: boolean;
        labels?: string[];
        /** Path of the fork that the branch lives in. */
        fork?: string;
      },
    ): { iid: number; sha: string } {
      const author = user(made.author);
      const fork = made.fork === undefined ? undefined : findProject(state, made.fork);
      const { iid, sha } = openMergeRequest(state, findProject(state, project), { ...made, author, fork });
      return { iid, sha };
    },
    push(project: string, iid: number, how: By & { message?: string }): { sha: string } {
      const pushed = { by: by(how), message: how.message };
      return { sha: pushToMergeRequest(state, mergeRequest(project, iid), pushed) };
    },
    /** `-name` takes a label away. */
    label(project: string, iid: number, { labels }: { labels: string[]; by?: string }): void {
      setLabels(state, mergeRequest(project, iid), labels);
    },
    markReady(project: string, iid: number, how: By): void {
      setDraft(state, mergeRequest(project, iid), { by: by(how), draft: false });
    },
    markDraft(project: string, iid: number, how: By): void {
      setDraft(state, mergeRequest(project, iid), { by: by(how), draft: true });
    },
    setConflict(project: string, iid: number, conflict: boolean): void {
      setConflict(state, mergeRequest(project, iid), conflict);
    },
    /** null goes back to the status that follows from the state. */
    setMergeStatus(project: string, iid: number, detailed: string | null): void {
      mergeRequest(project, iid).mergeStatus = detailed;
    },
    merge(project: string, iid: number, how: By): void {
      mergeMergeRequest(state, mergeRequest(project, iid), by(how));
    },
    close(project: string, iid: number, how: By): void {
      closeIssuable(state, mergeRequest(project, iid), by(how));
    },
    reopen(project: string, iid: number, how: By): void {
      reopenIssuable(state, mergeRequest(project, iid), by(how));
    },
  };
}

function reviewMethods(state: State) {
  const { user, by, mergeRequest } = lookups(state);
  return {
    requestReview(project: string, iid: number, how: By & { reviewer: string }): void {
      requestReview(state, mergeRequest(project, iid), { by: by(how), reviewer: user(how.reviewer) });
    },
    approve(project: string, iid: number, how: By): void {
      approve(state, mergeRequest(project, iid), by(how));
    },
    unapprove(project: string, iid: number, how: By): void {
      unapprove(state, mergeRequest(project, iid), by(how));
    },
    requestChanges(project: string, iid: number, how: By & { body?: string }): void {
      requestChanges(state, mergeRequest(project, iid), { by: by(how), body: how.body });
    },
    /** On a line of `path`, or with `thread`, it starts a thread; `replyTo` is the first note of one. */
    note(
      project: string,
      iid: number,
      how: By & { body: string; path?: string; thread?: boolean; replyTo?: number },
    ): { id: number } {
      return { id: addComment(state, mergeRequest(project, iid), { ...how, by: by(how) }).id };
    },
    resolveThread(project: string, iid: number, noteId: number): void {
      resolveThread(mergeRequest(project, iid), noteId);
    },
    assign(project: string, iid: number, how: By & { assignee: string }): void {
      assign(state, mergeRequest(project, iid), { by: by(how), assignee: user(how.assignee) });
    },
  };
}

function issueMethods(state: State) {
  const { user, by } = lookups(state);
  const issue = (project: string, iid: number) => findIssue(findProject(state, project), iid);
  return {
    openIssue(
      project: string,
      made: { author: string; title: string; description?: string; labels?: string[] },
    ): { iid: number } {
      const author = user(made.author);
      return { iid: openIssue(state, findProject(state, project), { ...made, author }).iid };
    },
    issueNote(project: string, iid: number, how: By & { body: string }): { id: number } {
      return { id: addComment(state, issue(project, iid), { by: by(how), body: how.body }).id };
    },
    assignIssue(project: string, iid: number, how: By & { assignee: string }): void {
      assign(state, issue(project, iid), { by: by(how), assignee: user(how.assignee) });
    },
    closeIssue(project: string, iid: number, how: By): void {
      closeIssuable(state, issue(project, iid), by(how));
    },
  };
}

function pipelineMethods(state: State) {
  const { by } = lookups(state);
  return {
    /** It runs until `finishPipeline`. `mergeRequest` is an iid, `parent` the id of a pipeline that triggers this one. */
    startPipeline(
      project: string,
      start: By & {
        ref?: string;
        source?: string;
        name?: string;
        commitTitle?: string;
        mergeRequest?: number;
        parent?: number;
        /** The parent's project, when it is another one. */
        parentProject?: string;
        bridge?: { name: string; stage: string };
        tag?: boolean;
        jobs?: Array<{ name: string; stage: string }>;
      },
    ): { id: number; sha: string } {
      const within = findProject(state, project);
      const elsewhere = findProject(state, start.parentProject ?? project);
      const { id, sha } = startPipeline(state, within, {
        ...start,
        by: by(start),
        mergeRequest:
          start.mergeRequest === undefined ? undefined : findMergeRequest(within, start.mergeRequest),
        parent: start.parent === undefined ? undefined : findPipeline(elsewhere, start.parent),
      });
      return { id, sha };
    },
    finishPipeline(project: string, id: number, end: { status: string; jobs?: JobResult[] }): void {
      finishPipeline(state, findPipeline(findProject(state, project), id), end);
    },
    retryPipeline(project: string, id: number, how: By): void {
      by(how);
      retryPipeline(state, findPipeline(findProject(state, project), id));
    },
  };
}

function repositoryMethods(state: State) {
  const { by } = lookups(state);
  return {
    /** On the default branch unless `branch` says otherwise; null content removes the file. */
    commitFiles(
      project: string,
      how: By & { message: string; files: Record<string, string | null>; branch?: string },
    ): { sha: string } {
      const within = findProject(state, project);
      const branch = how.branch ?? within.defaultBranch;
      const commit = addCommit(state, within, { ...how, branch, by: by(how) });
      followBranch(state, within, commit);
      return { sha: commit.sha };
    },
    /** Null content deletes the page. */
    editWiki(project: string, how: By & { slug: string; title?: string; content: string | null }): void {
      editWiki(state, findProject(state, project), { ...how, by: by(how) });
    },
  };
}
