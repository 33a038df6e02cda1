import { describe, expect, it } from "vitest";
import { renderDigest, renderFolded, renderNotice } from "../../../src/delivery/card/index.js";
import { createTranslator } from "../../../src/i18n/index.js";
import { mentionGrammar } from "../../../src/platforms/github/mention-grammar.js";
import { compare } from "../../../src/polling/compare/index.js";
import { anEvent, aProject, bob, bobsAccount, mergeRequestFacts } from "../../support/builders.js";
import { plain } from "./plain.js";

const project = aProject();
const words = { mergeRequest: "PR", sigil: "#", pipeline: "run" };
const bobReads = { accounts: [{ connectionId: "github", personId: bob.id, login: "bob" }] };
const english = createTranslator("en");

function seen(changes: Parameters<typeof mergeRequestFacts>[0] = {}) {
  const context = { project, baseline: true, account: bobsAccount, mentionGrammar };
  return compare(null, mergeRequestFacts(changes), context).snapshot;
}

describe("other messages", () => {
  it("puts what piled up into one digest, newest first, each subject once", () => {
    const item = (n: number) => ({
      event: anEvent({ subject: { ...anEvent().subject, id: `${n % 30}` } }),
      asks: false,
      snapshot: seen({ number: n % 30 }),
      project,
      words,
    });
    const items = Array.from({ length: 40 }, (_, n) => item(n));
    const lines = plain(renderDigest(items, { reader: bobReads, translate: english }).text).split("\n");
    expect(lines[0]).toBe("40 updates came in while messages were delayed");
    expect(lines[1]).toBe("💬 Bob commented: acme/api PR #9 · Fix login");
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe("and 10 more");
  });

  it("folds a card to one line", () => {
    const { text } = renderFolded({ snapshot: seen(), project, words, translate: english });
    expect(plain(text)).toBe("acme/api PR #12 · Fix login · continued below ↓");
  });

  it("says notices in the reader's language, and shows unknown ones as they are", () => {
    const notice = {
      name: "watching",
      values: { connection: "github", count: 12, projects: "acme/api", more: 11 },
    };
    expect(plain(renderNotice(notice, english).text)).toBe(
      "👁 Now watching 12 projects on github: acme/api and 11 more. You will hear about anything new from now on.",
    );
    const refused = {
      name: "refused",
      values: { connection: "work", platform: "GitLab", reason: "It expired.", remedy: "" },
    };
    expect(plain(renderNotice(refused, english).text)).toMatch(/It expired\.$/);
    expect(plain(renderNotice({ name: "of-tomorrow", values: { a: 1 } }, english).text)).toBe(
      "of-tomorrow · a: 1",
    );
  });
});
