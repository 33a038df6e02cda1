import type { BaseResourceOptions, createRequesterFn } from "@gitbeaker/requester-utils";
import type * as Rest from "@gitbeaker/rest";

export type ResourceOptions = BaseResourceOptions<false> & {
  requesterFn: NonNullable<BaseResourceOptions<false>["requesterFn"]>;
};

export interface Gitbeaker {
  rest: typeof Rest;
  createRequesterFn: typeof createRequesterFn;
}

/** Loaded with the first request: who has no GitLab does not pay its 12 MB and quarter of a second. */
export async function loadGitbeaker(): Promise<Gitbeaker> {
  const [rest, utils] = await Promise.all([import("@gitbeaker/rest"), import("@gitbeaker/requester-utils")]);
  return { rest, createRequesterFn: utils.createRequesterFn };
}

/** Objects of some ten kilobytes, made when they are used. `new Gitlab()` would make all of them, at 1.7 MB a time. */
export function toResources(rest: typeof Rest, options: ResourceOptions) {
  return Object.defineProperties(
    ofMergeRequests(rest, options),
    Object.getOwnPropertyDescriptors(ofTheRest(rest, options)),
  ) as ReturnType<typeof ofMergeRequests> & ReturnType<typeof ofTheRest>;
}

function ofMergeRequests(rest: typeof Rest, options: ResourceOptions) {
  return {
    get mergeRequests() {
      return new rest.MergeRequests(options);
    },
    get mergeRequestNotes() {
      return new rest.MergeRequestNotes(options);
    },
    get mergeRequestApprovals() {
      return new rest.MergeRequestApprovals(options);
    },
    get mergeRequestDiscussions() {
      return new rest.MergeRequestDiscussions(options);
    },
  };
}

function ofTheRest(rest: typeof Rest, options: ResourceOptions) {
  return {
    get todoLists() {
      return new rest.TodoLists(options);
    },
    get users() {
      return new rest.Users(options);
    },
    get personalAccessTokens() {
      return new rest.PersonalAccessTokens(options);
    },
    get projects() {
      return new rest.Projects(options);
    },
    get groups() {
      return new rest.Groups(options);
    },
    get groupMembers() {
      return new rest.GroupMembers(options);
    },
    get issues() {
      return new rest.Issues(options);
    },
    get issueNotes() {
      return new rest.IssueNotes(options);
    },
    get pipelines() {
      return new rest.Pipelines(options);
    },
    get jobs() {
      return new rest.Jobs(options);
    },
    get commits() {
      return new rest.Commits(options);
    },
    get branches() {
      return new rest.Branches(options);
    },
    get repositories() {
      return new rest.Repositories(options);
    },
    get projectWikis() {
      return new rest.ProjectWikis(options);
    },
    get events() {
      return new rest.Events(options);
    },
  };
}

export type Resources = ReturnType<typeof toResources>;
