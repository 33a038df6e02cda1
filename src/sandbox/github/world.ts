import * as accounts from "./accounts.js";
import * as actions from "./actions.js";
import * as conversations from "./conversations.js";
import * as pulls from "./pull-requests.js";
import * as repositories from "./repositories.js";
import * as reviews from "./reviews.js";
import { mentionOnPage, type PageMention } from "./notifications.js";
import { repositoryOf, type PullRequest, type State } from "./state.js";
import { editWiki } from "./wiki.js";

/** What people do on this GitHub. `repo` is `owner/name`, `by` and the like are logins. */
export function createWorld(state: State) {
  return {
    addUser: (login: string, options?: { name?: string; bot?: boolean }) =>
      accounts.addUser(state, login, options),
    addTeam: (name: string, members: string[]) => accounts.addTeam(state, name, members),
    addToken: (token: string, options: accounts.TokenOptions) => accounts.addToken(state, token, options),
    revokeToken: (token: string) => accounts.revokeToken(state, token),
    addRepository: (repo: string, options?: repositories.RepositoryOptions) =>
      repositories.addRepository(state, repo, options),
    renameRepository: (repo: string, newFullName: string) =>
      repositories.renameRepository(state, repo, newFullName),
    deleteRepository: (repo: string) => repositories.deleteRepository(state, repo),
    setPrivateAccess: (repo: string, login: string, allowed: boolean) =>
      repositories.setPrivateAccess(state, repo, [login, allowed]),
    createTag: (repo: string, name: string) => repositories.createTag(state, repo, name),
    commitFiles: (repo: string, request: Parameters<typeof repositories.commitFiles>[2]) =>
      repositories.commitFiles(state, repo, request),
    forcePush: (repo: string, request: Parameters<typeof repositories.forcePush>[2]) =>
      repositories.forcePush(state, repo, request),
    editWiki: (repo: string, edit: Parameters<typeof editWiki>[2]) => editWiki(state, repo, edit),
    ...createTalk(state),
    ...createReviewing(state),
    ...createRuns(state),
  };
}

export type GitHubWorld = ReturnType<typeof createWorld>;

interface By {
  by: string;
}

function createTalk(state: State) {
  return {
    openIssue: (repo: string, request: Parameters<typeof conversations.openIssue>[2]) =>
      conversations.openIssue(state, repo, request),
    comment: (repo: string, number: number, request: By & { body: string }) =>
      conversations.comment(state, [repo, number], request),
    mentionOnPage: (repo: string, request: PageMention) =>
      mentionOnPage(state, repositoryOf(state, repo), request),
    assign: (repo: string, number: number, request: By & { assignee: string; remove?: boolean }) =>
      conversations.assign(state, [repo, number], request),
    label: (repo: string, number: number, request: By & { label: string; remove?: boolean }) =>
      conversations.label(state, [repo, number], request),
    close: (repo: string, number: number, request: By) => conversations.close(state, [repo, number], request),
    reopen: (repo: string, number: number, request: By) =>
      conversations.reopen(state, [repo, number], request),
  };
}

function createReviewing(state: State) {
  return {
    openPullRequest: (repo: string, request: pulls.NewPullRequest) =>
      pulls.openPullRequest(state, repo, request),
    push: (repo: string, number: number, request: By & { force?: boolean }) =>
      pulls.push(state, [repo, number], request),
    setMergeable: (repo: string, number: number, mergeable: PullRequest["mergeable"]) =>
      pulls.setMergeable(state, [repo, number], mergeable),
    requestReview: (repo: string, number: number, request: By & { reviewer: string }) =>
      pulls.requestReview(state, [repo, number], request),
    removeReviewRequest: (repo: string, number: number, request: By & { reviewer: string }) =>
      pulls.removeReviewRequest(state, [repo, number], request),
    review: (repo: string, number: number, request: reviews.NewReview) =>
      reviews.review(state, [repo, number], request),
    dismissReview: (
      ...[repo, number, reviewId, request]: [
        repo: string,
        number: number,
        reviewId: number,
        request: By & { message: string },
      ]
    ) => reviews.dismissReview(state, [repo, number], { reviewId, ...request }),
    markReady: (repo: string, number: number, request: By) => pulls.markReady(state, [repo, number], request),
    convertToDraft: (repo: string, number: number, request: By) =>
      pulls.convertToDraft(state, [repo, number], request),
    merge: (repo: string, number: number, request: By) => pulls.merge(state, [repo, number], request),
  };
}

function createRuns(state: State) {
  return {
    startRun: (repo: string, request: actions.NewRun) => actions.startRun(state, repo, request),
    beginRun: (repo: string, id: number) => actions.beginRun(state, repo, id),
    finishRun: (repo: string, id: number, result: actions.RunResult) =>
      actions.finishRun(state, [repo, id], result),
    rerun: (repo: string, id: number, request: By & { failedOnly?: boolean }) =>
      actions.rerun(state, [repo, id], request),
    cancelRun: (repo: string, id: number) => actions.cancelRun(state, [repo, id]),
  };
}
