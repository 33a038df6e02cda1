import { describe, expect, it } from "vitest";
import { HttpError } from "../../../src/lib/http.js";
import { toRefusalFailure, toSilenceFailure } from "../../../src/platforms/github/errors.js";

const now = Date.parse("2026-03-02T09:00:00Z");
const about = { host: "github.com", what: "the pull requests of acme/api", write: false, now };
const refuse = (status: number, headers: Record<string, string> = {}, message = "") =>
  toRefusalFailure({ status, headers, message }, about);

describe("what GitHub's refusals mean", () => {
  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "gone"],
    [409, "conflict"],
    [410, "gone"],
    [422, "rejected"],
    [429, "throttled"],
    [500, "unreachable"],
    [503, "unreachable"],
  ])("takes %i for %s", (status, kind) => {
    expect(refuse(status)).toMatchObject({ kind, status });
  });

  it("waits as long as Retry-After says, before anything else", () => {
    const headers = { "retry-after": "30", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1772445600" };
    expect(refuse(403, headers).retryAt).toBe("2026-03-02T09:00:30.000Z");
  });

  it("waits for the reset when nothing remains, and a minute when nothing is said", () => {
    const reset = String(Date.parse("2026-03-02T09:40:00Z") / 1000);
    const exhausted = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    expect(refuse(403, exhausted)).toMatchObject({ kind: "throttled", retryAt: "2026-03-02T09:40:00.000Z" });
    const secondary = refuse(
      403,
      { "x-ratelimit-remaining": "9" },
      "You have exceeded a secondary rate limit",
    );
    expect(secondary).toMatchObject({ kind: "throttled", retryAt: "2026-03-02T09:01:00.000Z" });
  });

  it("names the permission, the scope or the single sign-on page that is missing", () => {
    const permission = refuse(403, { "x-accepted-github-permissions": "actions=write" });
    expect(permission.remedy).toContain("actions=write");
    expect(refuse(403, { "x-accepted-oauth-scopes": "repo" }).remedy).toContain("repo");
    const sso = refuse(403, { "x-github-sso": "required; url=https://github.com/orgs/acme/sso?a=b" });
    expect(sso).toMatchObject({ kind: "forbidden", code: "sso" });
    expect(sso.remedy).toContain("https://github.com/orgs/acme/sso?a=b");
  });

  it("says why no answer came, and what to do", () => {
    const refused = new HttpError("refused", {
      message: "ghe.example.com refused the connection.",
      host: "ghe.example.com",
      sent: false,
    });
    const failure = toSilenceFailure(refused, about);
    expect(failure).toMatchObject({ kind: "unreachable", code: "refused" });
    expect(failure.message).toContain("ghe.example.com refused the connection.");
    expect(failure.remedy).toContain("config.yaml");
  });

  it("leaves a write in doubt only when it may have arrived", () => {
    const write = { ...about, write: true };
    const silence = (sent: boolean) => new HttpError("reset", { message: "x", host: "github.com", sent });
    expect(toSilenceFailure(silence(true), write).kind).toBe("ambiguous");
    expect(toSilenceFailure(silence(false), write).kind).toBe("unreachable");
    expect(toSilenceFailure(silence(true), about).kind).toBe("unreachable");
    expect(toRefusalFailure({ status: 502, headers: {}, message: "" }, write).kind).toBe("ambiguous");
    expect(toRefusalFailure({ status: 307, headers: {}, message: "" }, write).kind).toBe("unreachable");
  });
});
