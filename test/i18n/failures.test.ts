import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";
import { failureCodes } from "../../src/domain/failure-code.js";
import { Failure, type FailureKind, keep, recall, toTold } from "../../src/domain/failure.js";
import { sayFailure } from "../../src/i18n/failures.js";
import { russianFailures } from "../../src/i18n/ru/failures.js";
import { toRefusalFailure } from "../../src/platforms/github/errors.js";
import { toStatusFailure } from "../../src/platforms/gitlab/failures.js";

const russian = { language: "ru" as const };
const english = { language: "en" as const };
const failureKinds: FailureKind[] = [
  ...(["throttled", "unreachable", "ambiguous", "unauthorized"] as const),
  ...(["forbidden", "gone", "conflict", "rejected"] as const),
];

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
    const of = (code: "tls", detail?: string) =>
      sayFailure(russian, new Failure("unreachable", { message: "…", code, detail, values })).reason;
    expect(of("tls", "expired")).toContain("срок сертификата");
    expect(of("tls", "new")).toContain("защищённое соединение");
  });

  it("of a code that a newer version wrote down, or an older one, is said by its kind", () => {
    const kept = {
      kind: "gone" as const,
      code: "never heard of",
      values: { server: "GitHub" },
      message: "…",
    };
    expect(sayFailure(russian, kept).reason).toContain("такого нет");
  });

  it("says of a write in doubt that it is in doubt, whatever cut it off", () => {
    const values = { server: "GitHub (git.example)" };
    const failure = new Failure("ambiguous", { message: "…", code: "timeout", values });
    expect(sayFailure(russian, failure).reason).toContain("не подтвердил");
  });

  it("stays Russian where no value is known", () => {
    for (const code of [undefined, ...failureCodes])
      for (const kind of failureKinds) {
        const failure = new Failure(kind, {
          message: "It broke.",
          remedy: "Mend it.",
          ...(code && { code }),
        });
        const { reason, remedy } = sayFailure(russian, failure);
        expect(`${reason} ${remedy}`).not.toMatch(/It broke|Mend it/);
        expect(reason).toMatch(/[а-яё]/);
      }
  });

  it("says a plain sentence of an earlier version as it is", () => {
    expect(sayFailure(russian, recall("the bot was kicked"))).toEqual({
      reason: "the bot was kicked",
      remedy: "",
    });
  });

  it("is kept in one text and given back", () => {
    const failure = new Failure("gone", { message: "Away.", code: "chat", values: { server: "Telegram" } });
    expect(recall(keep(failure))).toEqual(JSON.parse(JSON.stringify(toTold(failure))));
    expect(recall("{ not JSON")).toMatchObject({ kind: null, message: "{ not JSON" });
  });

  it("is in English what was said where it was met", () => {
    const failure = new Failure("gone", { message: "No such thing.", values: { server: "GitHub" } });
    expect(sayFailure(english, failure)).toEqual({ reason: "No such thing.", remedy: "" });
  });

  it.each(Object.entries<{ reason: string; remedy?: string } | undefined>(russianFailures))(
    "%s is a message that can be read",
    (_, words) => {
      const { reason, remedy = "" } = words ?? { reason: "" };
      expect(() => [reason, remedy].map((text) => new IntlMessageFormat(text, "ru"))).not.toThrow();
      expect(reason).toMatch(/[а-яё]/);
    },
  );
});

describe("the codes of failures", () => {
  it("have a Russian sentence each", () => {
    const named = failureCodes.filter((code) => !code.startsWith("secret_store_"));
    expect(named.filter((code) => !(code in russianFailures))).toEqual([]);
  });

  // That nothing else can be made is what the type of `code` says.
  it("are made somewhere, every one", () => {
    const source = readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !/^(i18n|sandbox)|failure-code/.test(file))
      .map((file) => readFileSync(join("src", file), "utf8"))
      .join("\n");
    const literal = (code: string) => `"${code.replace(/^secret_store_/, "")}"`;
    expect(failureCodes.filter((code) => !source.includes(literal(code)))).toEqual([]);
  });
});
