import { describe, expect, it } from "vitest";
import { toExpiry } from "../../../src/platforms/github/access.js";
import { toPipelineStatus } from "../../../src/platforms/github/normalize-run.js";
import { parseUrl, toApiUrl } from "../../../src/platforms/github/urls.js";

describe("small facts of GitHub", () => {
  it.each([
    ["2026-12-24 10:00:00 UTC", "2026-12-24T10:00:00.000Z"],
    ["2026-12-24 10:00:00 +0200", "2026-12-24T08:00:00.000Z"],
    ["sometime", null],
    [undefined, null],
  ])("reads %s as the end of a token", (header, expected) => {
    expect(toExpiry(header)).toBe(expected);
  });

  it.each([
    ["https://github.com", "https://api.github.com"],
    ["https://octo.ghe.com", "https://api.octo.ghe.com"],
    ["https://git.example.com", "https://git.example.com/api/v3"],
  ])("knows the API of %s", (url, api) => {
    expect(toApiUrl({ url })).toBe(api);
  });

  const connection = { id: "gh", url: "https://github.com" };
  it.each([
    ["https://github.com/a/b/pull/12/files#diff", { type: "merge_request", path: "a/b", number: 12 }],
    ["https://github.com/a/b/actions/runs/99/job/7", { type: "pipeline", path: "a/b", pipelineId: "99" }],
    ["https://github.com/a/b.git", { type: "project", path: "a/b" }],
    ["https://github.com/settings/tokens", null],
    ["https://github.com.evil.example/a/b", null],
    ["https://github.com/a", null],
    ["not a url", null],
  ])("understands %s", (text, expected) => {
    const target = parseUrl(text, connection);
    if (expected === null) expect(target).toBeNull();
    else expect(target).toMatchObject(expected);
  });

  it.each([
    ["completed", "timed_out", "failed"],
    ["completed", "neutral", "skipped"],
    ["completed", "action_required", "blocked"],
    ["completed", "brand_new", "unknown"],
    ["waiting", null, "blocked"],
    ["pending", null, "queued"],
    ["brand_new", null, "unknown"],
  ])("takes a run that is %s %s for %s", (status, conclusion, expected) => {
    expect(toPipelineStatus({ status, conclusion })).toBe(expected);
  });
});
