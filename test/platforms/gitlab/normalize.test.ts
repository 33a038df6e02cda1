import type { Project } from "../../../src/domain/project.js";
import { describe, expect, it } from "vitest";
import { toMergeRequestFacts, toPerson, toPipelineStatus } from "../../../src/platforms/gitlab/normalize.js";
import { mergeRequest } from "../../../src/platforms/gitlab/schema.js";

describe("a person", () => {
  it.each([
    ["ann", undefined, false],
    ["ann", true, true],
    ["project_12_bot_3fa9c1", undefined, true],
    ["group_7_bot", undefined, true],
    ["robot", undefined, false],
  ])("%s (bot: %s) is a bot: %s", (username, bot, expected) => {
    expect(toPerson({ id: 1, username, ...(bot === undefined ? {} : { bot }) }).bot).toBe(expected);
  });
});

it.each([
  ["waiting_for_callback", "queued"],
  ["canceling", "running"],
  ["manual", "blocked"],
  ["constructor", "unknown"],
])("the pipeline status %s is %s", (raw, expected) => {
  expect(toPipelineStatus(raw)).toBe(expected);
});

/** As an instance of 2017 would answer: no draft, no reviewers, one assignee, times in its own zone. */
const old = {
  iid: 3,
  title: "WIP: Old",
  state: "merged",
  work_in_progress: true,
  author: { id: 1, username: "ann" },
  merged_by: { id: 2, username: "bob" },
  merged_at: "2017-04-29T10:46:00.000+02:00",
  target_branch: "master",
  source_branch: "old",
  labels: [],
  assignee: { id: 2, username: "bob" },
  merge_status: "can_be_merged",
  created_at: "2017-04-29T08:46:00+02:00",
  updated_at: "2017-04-29T08:46:00.5+02:00",
  web_url: "https://gitlab.example.com/acme/api/merge_requests/3",
};

const project: Project = {
  connectionId: "work",
  id: "1",
  path: "acme/api",
  url: "https://gitlab.example.com/acme/api",
  defaultBranch: "master",
  hasWiki: true,
  archived: false,
  private: true,
};

describe("a merge request of an old instance", () => {
  const facts = toMergeRequestFacts(mergeRequest.parse(old), project);

  it("has its times in UTC, so that they can be compared as text", () => {
    expect(facts).toMatchObject({
      updatedAt: "2017-04-29T06:46:00.500Z",
      endedAt: "2017-04-29T08:46:00.000Z",
    });
  });

  it("leaves unknown what it does not tell", () => {
    expect(facts).toMatchObject({ draft: true, endedBy: { login: "bob" }, conflict: false });
    expect(facts.reviewRequests).toBeUndefined();
    expect(facts.approvedBy).toBeUndefined();
    expect(facts.assignments.map((one) => one.person.login)).toEqual(["bob"]);
  });
});

it("refuses an instant that is none", () => {
  expect(mergeRequest.safeParse({ ...old, updated_at: "yesterday" }).success).toBe(false);
});
