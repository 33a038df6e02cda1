import { checksOf, rollupOf, toCheckState } from "../checks.js";
import { toNodeId, pullsOf, type Issue, type PullRequest, type Repository, type State } from "../state.js";
import { toActor } from "./actors.js";
import { toPage } from "./connection.js";
import { FieldError, textOf, type Args, type GraphqlObject, type Output } from "./execute.js";

/** Makes the objects that a repository leads to; given by root.ts, so that the files do not import in a circle. */
export interface SubjectObjects {
  toPull: (pull: PullRequest) => GraphqlObject;
  toIssue: (issue: Issue) => GraphqlObject;
}

export function toRepositoryObject(state: State, repo: Repository, make: SubjectObjects): GraphqlObject {
  const [owner = "", name = ""] = repo.fullName.split("/");
  const numbered = (args: Args): Issue | PullRequest | undefined => repo.subjects.get(Number(args["number"]));
  return {
    __typename: "Repository",
    interfaces: ["Node"],
    fields: {
      id: toNodeId("Repository", repo.id),
      databaseId: repo.id,
      name,
      nameWithOwner: repo.fullName,
      owner: () => toActor(state, owner),
      url: `${state.urls.web}/${repo.fullName}`,
      isArchived: repo.archived,
      isPrivate: repo.private,
      isDisabled: false,
      isFork: false,
      isEmpty: repo.git.commits.size === 0,
      hasWikiEnabled: repo.hasWiki,
      hasIssuesEnabled: true,
      createdAt: repo.createdAt,
      updatedAt: repo.updatedAt,
      pushedAt: repo.pushedAt,
      defaultBranchRef: () => toRefObject(state, repo, `refs/heads/${repo.defaultBranch}`),
      ref: (args) => toRefObject(state, repo, textOf(args["qualifiedName"])),
      pullRequests: (args) => toPulls(repo, args, make),
      pullRequest: (args) => {
        const subject = numbered(args);
        return subject?.kind === "pull_request" ? make.toPull(subject) : noSuch("PullRequest", args);
      },
      issue: (args) => {
        const subject = numbered(args);
        return subject?.kind === "issue" ? make.toIssue(subject) : noSuch("Issue", args);
      },
      issueOrPullRequest: (args) => {
        const subject = numbered(args);
        if (subject === undefined) return noSuch("IssueOrPullRequest", args);
        return subject.kind === "issue" ? make.toIssue(subject) : make.toPull(subject);
      },
    },
  };
}

function noSuch(type: string, args: Args): never {
  const number = Number(args["number"]);
  throw new FieldError("NOT_FOUND", `Could not resolve to a ${type} with the number of ${number}.`);
}

function toPulls(repo: Repository, args: Args, make: SubjectObjects): Output {
  const { states, orderBy } = args;
  const order = typeof orderBy === "object" && orderBy !== null && !Array.isArray(orderBy) ? orderBy : {};
  const keyOf = (pull: PullRequest): string =>
    order["field"] === "UPDATED_AT" ? pull.updatedAt : pull.createdAt;
  const wanted = Array.isArray(states) ? states : typeof states === "string" ? [states] : null;
  const all = pullsOf(repo)
    .filter((pull) => wanted === null || wanted.includes(pull.state))
    .filter((pull) => args["headRefName"] === undefined || pull.head === args["headRefName"])
    .filter((pull) => args["baseRefName"] === undefined || pull.base === args["baseRefName"])
    .sort((a, b) => (keyOf(a) === keyOf(b) ? a.number - b.number : keyOf(a) < keyOf(b) ? -1 : 1));
  if (order["direction"] === "DESC") all.reverse();
  return toPage("pullRequests", args, { all, toNode: make.toPull });
}

function toRefObject(state: State, repo: Repository, name: string): Output {
  const ref = name.startsWith("refs/") ? name : `refs/heads/${name}`;
  const sha = repo.git.refs.get(ref);
  if (sha === undefined) return null;
  return {
    __typename: "Ref",
    interfaces: ["Node"],
    fields: {
      id: toNodeId("Ref", `${repo.id}:${ref}`),
      name: ref.replace(/^refs\/[^/]+\//, ""),
      prefix: ref.replace(/[^/]*$/, ""),
      target: () => toCommitObject(state, repo, sha),
    },
  };
}

function toRollup(repo: Repository, sha: string): Output {
  const jobs = checksOf(repo, sha);
  const state = rollupOf(jobs);
  if (state === null) return null;
  const counts = new Map<string, number>();
  for (const job of jobs) counts.set(toCheckState(job), (counts.get(toCheckState(job)) ?? 0) + 1);
  return {
    __typename: "StatusCheckRollup",
    interfaces: ["Node"],
    fields: {
      id: toNodeId("Rollup", sha),
      state,
      contexts: (args: Args) =>
        toPage("statusCheckRollupContext", args, {
          all: jobs,
          toNode: () => null,
          extra: {
            checkRunCount: jobs.length,
            checkRunCountsByState: [...counts].map(([name, count]) => ({
              __typename: "CheckRunStateCount",
              fields: { state: name, count },
            })),
            statusContextCount: 0,
            statusContextCountsByState: [],
          },
        }),
    },
  };
}

export function toCommitObject(state: State, repo: Repository, sha: string): Output {
  const commit = repo.git.commits.get(sha);
  if (commit === undefined) return null;
  return {
    __typename: "Commit",
    interfaces: ["Node", "GitObject"],
    fields: {
      id: toNodeId("Commit", sha),
      oid: sha,
      abbreviatedOid: sha.slice(0, 7),
      message: commit.message,
      messageHeadline: commit.message.split("\n")[0] ?? "",
      committedDate: commit.at,
      authoredDate: commit.at,
      url: `${state.urls.web}/${repo.fullName}/commit/${sha}`,
      statusCheckRollup: () => toRollup(repo, sha),
      author: {
        __typename: "GitActor",
        fields: {
          name: commit.name,
          email: commit.email,
          date: commit.at,
          user: () => toActor(state, commit.login),
        },
      },
    },
  };
}
