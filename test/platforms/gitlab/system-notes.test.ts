import { describe, expect, it } from "vitest";
import { parseSystemNote } from "../../../src/platforms/gitlab/system-notes.js";

describe("people named in system notes", () => {
  it.each([
    ["requested review from @ann", ["ann"], []],
    ["requested review from @ann, @bob.s, and @cy-d", ["ann", "bob.s", "cy-d"], []],
    ["requested review from @ann and removed review request for @bob", ["ann"], []],
    ["requested review from @ann and removed approval", ["ann"], []],
    ["assigned to @ann and unassigned @bob", [], ["ann"]],
    ["assigned to @ann and @bob", [], ["ann", "bob"]],
  ])("%s", (body, reviewers, assignees) => {
    expect(parseSystemNote(body)).toEqual({ says: "people", reviewers, assignees });
  });

  it.each(["removed review request for @ann", "unassigned @ann", "removed approval"])(
    "nobody in: %s",
    (body) => {
      expect(parseSystemNote(body)).toBeNull();
    },
  );
});

describe("what happened", () => {
  it.each([
    ["approved this merge request", "approved"],
    ["unapproved this merge request", "unapproved"],
    ["requested changes", "changes_requested"],
    ["left review comments without approving", "reviewed"],
  ])("%s", (body, says) => {
    expect(parseSystemNote(body)).toEqual({ says });
  });

  it.each([
    [
      "added 1 commit\n\n<ul><li>1a2b3c4d - Fix it</li></ul>\n\n[Compare with previous version](/x)",
      { says: "pushed", count: 1, sha: "1a2b3c4d" },
    ],
    [
      "added 5 commits\n\n<ul><li>0123abcd...4567ef01 - 4 commits from branch <code>main</code></li><li>89abcdef - Mine</li></ul>",
      { says: "pushed", count: 5, sha: "89abcdef" },
    ],
    ["added 2 new commits\n\n* aaaaaaa - One\n* bbbbbbb - Two", { says: "pushed", count: 2, sha: "bbbbbbb" }],
    ["added 3 commits", { says: "pushed", count: 3, sha: undefined }],
  ])("a push: %s", (body, expected) => {
    expect(parseSystemNote(body)).toEqual(expected);
  });

  it.each([
    "mentioned in issue #3",
    "changed title from **assigned to @ann** to **x**",
    "marked this merge request as **draft**",
    "a wording of next year about @ann",
    "",
  ])("passes over: %s", (body) => {
    expect(parseSystemNote(body)).toBeNull();
  });
});
