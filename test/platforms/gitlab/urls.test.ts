import { describe, expect, it } from "vitest";
import { toProjectPath, toTarget } from "../../../src/platforms/gitlab/urls.js";
import { toConnection } from "./gitlab-world.js";

const root = toConnection("https://gitlab.example.com");
const sub = toConnection("https://example.com/gitlab");

describe("what a pasted address means", () => {
  it.each([
    [
      "https://gitlab.example.com/acme/api/-/merge_requests/12",
      { type: "merge_request", path: "acme/api", number: 12 },
    ],
    [
      "http://GitLab.example.com/a/b/c/-/merge_requests/3/diffs?view=inline#note_9",
      { path: "a/b/c", number: 3 },
    ],
    ["https://gitlab.example.com/acme/api/merge_requests/12", { type: "merge_request", number: 12 }],
    ["https://gitlab.example.com/acme/api/-/pipelines/345/failures", { type: "pipeline", pipelineId: "345" }],
    ["https://gitlab.example.com/acme/api/-/jobs/77", { type: "project", path: "acme/api" }],
    ["https://gitlab.example.com/acme/api/-/tree/main/docs", { type: "project", path: "acme/api" }],
    ["https://gitlab.example.com/acme/api.git", { type: "project", path: "acme/api" }],
    [" https://gitlab.example.com/acme/api/ ", { type: "project", path: "acme/api" }],
  ])("reads %s", (url, expected) => {
    expect(toTarget(root, url)).toMatchObject({ connectionId: "work", ...expected });
  });

  it.each([
    "https://gitlab.example.com/",
    "https://gitlab.example.com/acme",
    "https://gitlab.example.com/groups/acme/-/merge_requests",
    "https://gitlab.example.com/-/profile/preferences",
    "https://gitlab.example.com.evil.example/acme/api/-/merge_requests/1",
    "https://github.com/acme/api/pull/1",
    "ftp://gitlab.example.com/acme/api",
    "https://gitlab.example.com/acme/%E0%A4%A/-/merge_requests/1",
    "not a url",
  ])("refuses %s", (url) => {
    expect(toTarget(root, url)).toBeNull();
  });

  it("keeps to the sub-path of its instance", () => {
    expect(toTarget(sub, "https://example.com/gitlab/acme/api/-/merge_requests/5")).toMatchObject({
      path: "acme/api",
      number: 5,
    });
    expect(toTarget(sub, "https://example.com/acme/api/-/merge_requests/5")).toBeNull();
    expect(toTarget(sub, "https://example.com/gitlabs/acme/api")).toBeNull();
  });
});

it("takes the project's path from the address of one of its pages, whatever the host is called", () => {
  expect(toProjectPath(sub, "https://other.example/gitlab/acme/api/-/pipelines/9")).toBe("acme/api");
  expect(toProjectPath(root, "https://gitlab.example.com/acme/api")).toBeUndefined();
});
