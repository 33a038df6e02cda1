import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { liveADay } from "./everything.js";
import { stage, type Stage } from "./gitlab-client.js";

const folder = fileURLToPath(new URL("../../../../shared/spec/gitlab-recordings", import.meta.url));
const hasRecordings = existsSync(folder);
const where = hasRecordings
  ? "recorded answers of GitLab"
  : "recorded answers of GitLab (skipped: ../shared/spec is not there)";

/** Recorded keys that today's GitLab does not send to anybody, or not here: by path, with the reason. */
const absent: Record<string, string> = {
  skype: "left the profile; the description of today has no such key",
  "user.skype": "left the profile; the description of today has no such key",
  label_details: "added by the glab client, not sent by GitLab",
  external_id: "added by the glab client, not sent by GitLab",
  issue_link_id: "added by the glab client, not sent by GitLab",
  "author.created_at": "added by the glab client, not sent by GitLab",
  "assignee.created_at": "added by the glab client, not sent by GitLab",
  "assignees.created_at": "added by the glab client, not sent by GitLab",
  allow_collaboration: "sent for merge requests from forks alone, and the sandbox has no forks",
  allow_maintainer_to_push: "sent for merge requests from forks alone, and the sandbox has no forks",
  epic: "paid plans alone",
  epic_issue_id: "paid plans alone",
  iteration: "paid plans alone",
  weight: "paid plans alone",
  health_status: "paid plans alone",
  blocking_issues_count: "paid plans alone",
};

/** Recorded values of another type, by path, with the reason. */
const retyped: Record<string, string> = {
  "target.id":
    "the second recorded to-do is for a commit, whose id is its sha; the sandbox has none of those",
};

const usedReasons = new Set<string>();

let on: Stage;
let ids: { failed: number; job: number };
beforeAll(async () => {
  on = await stage();
  ids = liveADay(on);
});
afterAll(() => on.sandbox.close());

/** Each recording and the address that gives the same thing in the sandbox. */
const pairs: Array<[recording: string, path: (on: Stage) => string]> = [
  ["go-gitlab/get_merge_request.json", ({ project }) => `${project}/merge_requests/2`],
  ["go-gitlab/get_merge_requests.json", ({ project }) => `${project}/merge_requests`],
  ["go-gitlab/get_merge_requests_author_username.json", ({ project }) => `${project}/merge_requests`],
  ["go-gitlab/get_merge_requests_not_author_username.json", ({ project }) => `${project}/merge_requests`],
  ["glab/mr_list_testdata_mrList.json", ({ project }) => `${project}/merge_requests`],
  ["glab/mr_merge_testdata_mergeableMr.json", ({ project }) => `${project}/merge_requests/2`],
  ["glab/mr_merge_testdata_mergedMr.json", ({ project }) => `${project}/merge_requests/1`],
  ["go-gitlab/list_todos.json", () => "/todos?type=MergeRequest"],
  ["go-gitlab/get_user.json", () => "/user"],
  ["go-gitlab/list_personal_access_tokens_single.json", () => "/personal_access_tokens/self"],
  ["go-gitlab/get_branch.json", ({ project }) => `${project}/repository/branches/main`],
  ["go-gitlab/list_branches.json", ({ project }) => `${project}/repository/branches`],
  ["go-gitlab/get_commit.json", ({ project }) => `${project}/repository/commits/second`],
  ["go-gitlab/list_merge_request_diff.json", ({ project }) => `${project}/repository/commits/main/diff`],
  ["glab/ci_get_testdata_ci_get-0.json", ({ project }) => `${project}/pipelines/${ids.failed}`],
  ["glab/ci_get_testdata_ci_get-1.json", ({ project }) => `${project}/pipelines/${ids.failed}/jobs`],
  ["glab/ci_list_testdata_ciList.json", ({ project }) => `${project}/pipelines`],
  ["glab/issuable_list_testdata_issueListFull.json", ({ project }) => `${project}/issues/1`],
  ["glab/issuable_list_testdata_issuableList.json", ({ project }) => `${project}/issues/1`],
  ["glab/mr_issues_testdata_closesIssuesList.json", ({ project }) => `${project}/issues/1`],
];

describe.skipIf(!hasRecordings)(where, () => {
  it.each(pairs)("%s has no key that the sandbox lacks", async (recording, path) => {
    const recorded: unknown = JSON.parse(readFileSync(`${folder}/${recording}`, "utf8"));
    const { status, json } = await on.ann.get(path(on));
    expect(status).toBe(200);
    const rows: unknown[] = Array.isArray(recorded) ? recorded : [recorded];
    expect(rows.flatMap((row) => compare(row, first(json), ""))).toEqual([]);
  });

  it("needs every listed reason", () => {
    expect(Object.keys({ ...absent, ...retyped }).filter((path) => !usedReasons.has(path))).toEqual([]);
  });
});

function first(value: unknown): unknown {
  return Array.isArray(value) ? (value as unknown[])[0] : value;
}

/** What the recorded value has and the answer has not, or has as another JSON type. Null goes with every type. */
function compare(recorded: unknown, answered: unknown, path: string): string[] {
  if (recorded === null || answered === null) return [];
  if (kindOf(recorded) !== kindOf(answered)) {
    usedReasons.add(path);
    if (path in retyped) return [];
    return [`${path}: ${kindOf(recorded)} recorded, ${kindOf(answered)} answered`];
  }
  if (Array.isArray(recorded)) {
    const [one, other] = [first(recorded), first(answered)];
    return one === undefined || other === undefined ? [] : compare(one, other, path);
  }
  if (typeof recorded !== "object" || typeof answered !== "object") return [];
  const answer = new Map(Object.entries(answered));
  return Object.entries(recorded).flatMap(([key, value]) => {
    const here = path === "" ? key : `${path}.${key}`;
    if (answer.has(key)) return compare(value, answer.get(key), here);
    usedReasons.add(here);
    return here in absent ? [] : [`${here}: missing`];
  });
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}
