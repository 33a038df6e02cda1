import { createHash } from "node:crypto";
import type { MergeRequestFacts, ReviewRequest } from "../../domain/facts/index.js";
import type { Person } from "../../domain/person.js";
import type { Project } from "../../domain/project.js";
import type { PullAnswer, RepositoryAnswer, UserAnswer } from "./schema.js";

export function toPerson(answer: UserAnswer | null | undefined): Person | null {
  if (answer == null) return null;
  return {
    id: answer.id,
    login: answer.login,
    ...(answer.name ? { name: answer.name } : {}),
    bot: answer.type === "Bot" || answer.login.endsWith("[bot]"),
  };
}

export function toPeople(answers: UserAnswer[] | null | undefined): Person[] {
  return (answers ?? []).flatMap((answer) => toPerson(answer) ?? []);
}

/** A notification's repository says little: what it leaves out is taken for none. */
export function toProject(answer: RepositoryAnswer, connectionId: string): Project {
  const lastActivityAt = answer.pushed_at ?? answer.updated_at;
  return {
    connectionId,
    id: answer.id,
    path: answer.full_name,
    url: answer.html_url ?? "",
    ...(answer.node_id == null ? {} : { handle: answer.node_id }),
    defaultBranch: answer.default_branch ?? null,
    hasWiki: answer.has_wiki ?? false,
    archived: answer.archived ?? false,
    private: answer.private,
    ...(lastActivityAt ? { lastActivityAt } : {}),
  };
}

/** A row of the list. It tells neither who asked for reviews nor who approved, and no happenings. */
export function toPullFacts(answer: PullAnswer): MergeRequestFacts {
  const endedAt = answer.merged_at ?? answer.closed_at;
  return withRevision({
    type: "merge_request",
    number: answer.number,
    title: answer.title,
    url: answer.html_url ?? "",
    description: answer.body ?? "",
    state: answer.merged_at != null ? "merged" : answer.state === "closed" ? "closed" : "open",
    draft: answer.draft ?? false,
    author: toPerson(answer.user),
    ...(endedAt ? { endedAt } : {}),
    base: answer.base.ref,
    head: answer.head.ref,
    headSha: answer.head.sha,
    labels: (answer.labels ?? []).flatMap((label) => label.name ?? []),
    assignments: toPeople(answer.assignees).map((person) => ({ person })),
    ...toReviewRequests(answer),
    createdAt: answer.created_at,
    updatedAt: answer.updated_at,
    happenings: [],
  });
}

function toReviewRequests(answer: PullAnswer): { reviewRequests?: ReviewRequest[] } {
  const { requested_reviewers: people, requested_teams: teams } = answer;
  if (people == null && teams == null) return {};
  const owner = ownerOf(answer.base.repo.full_name);
  return {
    reviewRequests: [
      ...toPeople(people).map((person) => ({ person })),
      ...(teams ?? []).map((team) => ({ team: `${owner}/${team.slug}` })),
    ],
  };
}

export function ownerOf(path: string): string {
  return path.slice(0, path.indexOf("/"));
}

/**
 * The mark of a version: what the list shows, whether it came from the list or from GraphQL. Approvals and comments are
 * in it through `updatedAt`.
 */
export function withRevision(facts: Omit<MergeRequestFacts, "revision">): MergeRequestFacts {
  const reviewers = (facts.reviewRequests ?? []).map((request) => request.person?.id ?? request.team ?? "");
  const used = [
    Date.parse(facts.updatedAt),
    facts.headSha,
    facts.state,
    facts.draft,
    reviewers.sort(),
    [...facts.labels].sort(),
    facts.assignments.map((assignment) => assignment.person.id).sort(),
  ];
  const revision = createHash("sha256").update(JSON.stringify(used)).digest("hex").slice(0, 16);
  return { ...facts, revision };
}
