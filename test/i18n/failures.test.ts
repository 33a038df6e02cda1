import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/domain/failure.js";
import { sayFailure } from "../../src/i18n/failures.js";
import { russianFailures } from "../../src/i18n/ru/failures.js";
import { toRefusalFailure } from "../../src/platforms/github/errors.js";
import { toStatusFailure } from "../../src/platforms/gitlab/failures.js";

const russian = { language: "ru" as const };
const english = { language: "en" as const };

describe("a failure, said in the reader's language", () => {
  const about = { host: "api.github.com", what: "the runs of acme/api", write: false, now: 0 };
  const asked = { connectionId: "work", what: "the runs of acme/api", write: false, now: 0 };
  const statuses = [400, 401, 403, 404, 409, 422, 429, 500, 502, 503];

  it.each(statuses)("of GitHub's %i is Russian and names the server", (status) => {
    const failure = toRefusalFailure({ status, headers: {}, message: "Nope" }, about);
    const { reason } = sayFailure(russian, failure);
    expect(reason).toMatch(/^GitHub \(api\.github\.com\).*[а-яё]/);
    expect(reason).not.toContain("reading");
  });

  it.each(statuses)("of GitLab's %i is Russian and names the connection", (status) => {
    const body = Buffer.from(`{"message":"Nope"}`);
    const headers = { "content-type": "application/json" };
    const failure = toStatusFailure({ status, headers, body, url: "https://x.example" }, asked);
    expect(sayFailure(russian, failure).reason).toMatch(/^GitLab \(work\).*[а-яё]/);
  });

  it("takes the most exact sentence that there is", () => {
    const values = { server: "GitHub (git.example)" };
    const of = (code: string, detail?: string) =>
      sayFailure(russian, new Failure("unreachable", { message: "…", code, detail, values })).reason;
    expect(of("tls", "expired")).toContain("срок сертификата");
    expect(of("tls", "new")).toContain("защищённое соединение");
    expect(of("never heard of")).toContain("не отвечает как нужно");
  });

  it("says of a write in doubt that it is in doubt, whatever cut it off", () => {
    const values = { server: "GitHub (git.example)" };
    const failure = new Failure("ambiguous", { message: "…", code: "timeout", values });
    expect(sayFailure(russian, failure).reason).toContain("не подтвердил");
  });

  it("falls back to what the failure itself says where a value is missing", () => {
    const failure = new Failure("unreachable", { message: "It broke.", remedy: "Mend it." });
    expect(sayFailure(russian, failure)).toEqual({ reason: "It broke.", remedy: "Mend it." });
  });

  it("is in English what was said where it was met", () => {
    const failure = new Failure("gone", { message: "No such thing.", values: { server: "GitHub" } });
    expect(sayFailure(english, failure)).toEqual({ reason: "No such thing.", remedy: "" });
  });

  it.each(Object.entries(russianFailures))(
    "%s is a message that can be read",
    (_, { reason, remedy = "" }) => {
      expect(() => [reason, remedy].map((text) => new IntlMessageFormat(text, "ru"))).not.toThrow();
      expect(reason).toMatch(/[а-яё]/);
    },
  );
});
