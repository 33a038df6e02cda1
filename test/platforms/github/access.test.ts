import { describe, expect, it } from "vitest";
import { toExpiry } from "../../../src/platforms/github/access.js";
import { toPipelineStatus } from "../../../src/platforms/github/normalize-run.js";
import { toApiUrl } from "../../../src/platforms/github/urls.js";

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
