import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/domain/event.js";
import {
  checkFilter,
  matchesFilter,
  mentionsTerm,
  parseFilter,
  printFilter,
  type Filter,
  type FilterError,
  type Reader,
} from "../../src/domain/filter.js";
import { attributeNames } from "../../src/domain/event.js";
import { closedValues } from "../../src/domain/filter/closed-values.js";
import { eventKinds } from "../../src/event-kinds/index.js";
import { anEvent } from "./events.js";

const nobody: Reader = { accounts: [] };
const ann: Reader = { accounts: [{ connectionId: "github", personId: "10", login: "Ann" }] };

function filterOf(text: string): Filter {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  return parsed.filter;
}

function errorOf(text: string): FilterError {
  const parsed = parseFilter(text);
  if (parsed.ok) throw new Error(`${text} was accepted`);
  return parsed.error;
}

function matches(text: string, event: Event, reader = nobody): boolean {
  return matchesFilter(filterOf(text), event, reader);
}

function withAttributes(attributes: Event["attributes"]): Event {
  return anEvent({ attributes });
}

function onSubject(type: Event["subject"]["type"], attributes: Event["attributes"] = {}): Event {
  return anEvent({ attributes, subject: { ...anEvent().subject, type } });
}

describe("matchesFilter", () => {
  it("lets everything through without terms", () => {
    expect(matches("", anEvent())).toBe(true);
    expect(matches("   ", anEvent())).toBe(true);
  });

  it("joins different keys by and", () => {
    const event = withAttributes({ label: ["bug"], author: ["ann"] });
    expect(matches("label:bug author:ann", event)).toBe(true);
    expect(matches("label:bug author:bob", event)).toBe(false);
  });

  it("takes a repeated key and a comma for or", () => {
    const event = withAttributes({ label: ["bug"] });
    expect(matches("label:feature label:bug", event)).toBe(true);
    expect(matches("label:bug label:feature", event)).toBe(true);
    expect(matches("label:feature,bug", event)).toBe(true);
    expect(matches("label:feature label:docs", event)).toBe(false);
  });

  it("refuses what any negated term covers, whatever the positive ones say", () => {
    const event = withAttributes({ label: ["bug", "wip"] });
    expect(matches("label:bug -label:wip", event)).toBe(false);
    expect(matches("-label:docs,wip", event)).toBe(false);
    expect(matches("-label:docs -label:feature", event)).toBe(true);
  });

  it("finds renovate[bot] with its brackets, and * for a run of characters", () => {
    const event = withAttributes({ author: ["renovate[bot]"] });
    expect(matches("author:renovate[bot]", event)).toBe(true);
    expect(matches("-author:renovate[bot]", event)).toBe(false);
    expect(matches("author:*[bot]", event)).toBe(true);
    expect(matches("author:*[bots]", event)).toBe(false);
  });

  it("ignores upper and lower case and the @ of people", () => {
    const event = withAttributes({ reviewer: ["@Bob"], team: ["acme/Core"] });
    expect(matches("reviewer:bob team:@acme/core", event)).toBe(true);
  });

  it("holds spaces in quotes, also in those that phones type", () => {
    const event = withAttributes({ label: ["good first issue"] });
    expect(matches('label:"good first issue"', event)).toBe(true);
    expect(matches("label:“good first issue”", event)).toBe(true);
    expect(matches('+label:"good first issue"', event)).toBe(true);
    expect(matches('—label:"good first issue"', event)).toBe(false);
  });

  it("takes me and @me for the reader's account on the event's connection", () => {
    const event = withAttributes({ reviewer: ["ann"] });
    expect(matches("reviewer:me", event, ann)).toBe(true);
    expect(matches("reviewer:@me", event, ann)).toBe(true);
    expect(matches("-reviewer:me", event, ann)).toBe(false);
    expect(matches("reviewer:me", event, nobody)).toBe(false);
    const elsewhere = { accounts: [{ connectionId: "work", personId: "10", login: "ann" }] };
    expect(matches("reviewer:me", event, elsewhere)).toBe(false);
  });

  it("does not take a login with a star in it for a wildcard", () => {
    const star = { accounts: [{ connectionId: "github", personId: "1", login: "*" }] };
    expect(matches("author:me", withAttributes({ author: ["bob"] }), star)).toBe(false);
  });

  it("finds a branch in a pipeline and on both sides of a merge request", () => {
    expect(matches("branch:main", onSubject("pipeline", { branch: ["main"] }))).toBe(true);
    expect(matches("branch:main", withAttributes({ base: ["main"], head: ["fix"] }))).toBe(true);
    expect(matches("branch:fix", withAttributes({ base: ["main"], head: ["fix"] }))).toBe(true);
    expect(matches("base:fix", withAttributes({ base: ["main"], head: ["fix"] }))).toBe(false);
  });

  it("narrows only the subjects that can have such a value", () => {
    expect(matches("branch:main -author:renovate[bot]", onSubject("wiki_page"))).toBe(true);
    expect(matches("status:failed", withAttributes({}))).toBe(true);
    expect(matches("label:bug", withAttributes({}))).toBe(false);
    expect(matches("author:ann", onSubject("wiki_page"))).toBe(false);
  });

  it("reads the kind from the event itself", () => {
    expect(matches("kind:merge_request.*", anEvent())).toBe(true);
    expect(matches("-kind:merge_request.opened", anEvent())).toBe(false);
  });

  it("knows both platforms' words for the end of a pipeline", () => {
    const failed = onSubject("pipeline", { status: ["failed"] });
    expect(matches("status:failure", failed)).toBe(true);
    expect(matches("status:passed", failed)).toBe(false);
    expect(matches("status:cancelled", onSubject("pipeline", { status: ["canceled"] }))).toBe(true);
  });

  it("obeys bot: and self: and says nothing about them when they are not given", () => {
    const byBot = anEvent({ actor: { id: "9", login: "ci", bot: true } });
    expect(["", "bot:true", "bot:false", "bot:only"].map((text) => matches(text, byBot))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(matches("bot:only", anEvent())).toBe(false);
    expect(["", "self:true", "self:false", "self:only"].map((text) => matches(text, anEvent(), ann))).toEqual(
      [true, true, false, true],
    );
    expect(matches("self:only", anEvent(), nobody)).toBe(false);
  });
});

describe("parseFilter", () => {
  it("keeps bot: and self: apart from the terms", () => {
    expect(filterOf("bot:only -self:true label:a")).toEqual({
      terms: [{ key: "label", negated: false, values: ["a"] }],
      bot: "only",
      self: "false",
    });
  });

  it.each([
    ["branch:main autor:bob", { start: 12, end: 17, message: 'unknown term "autor"', suggestion: "author" }],
    ["-lable:x", { start: 1, end: 6, message: 'unknown term "lable"', suggestion: "label" }],
    ["branch:main main", { start: 12, end: 16 }],
    ["draft", { start: 0, end: 5, suggestion: "draft:" }],
    ["label:", { start: 0, end: 6, message: 'a value is missing after "label:"' }],
    ["label:a,", { start: 0, end: 8 }],
    ['label:""', { start: 0, end: 8 }],
    ['label:"good first', { start: 6, end: 17, message: "this quote is not closed" }],
    ["bot:yes", { start: 4, end: 7, suggestion: "true" }],
    ["self:onyl", { start: 5, end: 9, suggestion: "only" }],
    ["draft:only", { start: 6, end: 10 }],
    ["bot:true bot:false", { start: 13, end: 18 }],
    ["-", { start: 1, end: 1, message: "a term is missing here" }],
  ])("points at the mistake in %s", (text, expected) => {
    expect(errorOf(text)).toMatchObject(expected);
  });

  it.each([
    ["kind:pipeline.suceeded", { start: 5, end: 22, suggestion: "pipeline.succeeded" }],
    ["kind:pipeline.failed,succeeded", { start: 21, end: 30, suggestion: "pipeline.succeeded" }],
    ["-kind:pipeline", { suggestion: "pipeline.*" }],
    ["kind:pipelin.*", { suggestion: "pipeline.*" }],
    ["status:faild", { suggestion: "failed" }],
    ["state:opened", { suggestion: "open" }],
    ["kind:qwertyuiop", { message: expect.stringContaining("there are mention.*, ") as string }],
  ])("refuses in %s a value that can never match, but reads one that is kept", (text, expected) => {
    const checked = checkFilter(text);
    expect(checked).toMatchObject({ ok: false, error: { code: "unknown_value", ...expected } });
    expect(parseFilter(text).ok).toBe(true);
  });

  it.each(["kind:pipeline.*", "kind:*.failed", "status:passed,cancelled", "state:Merged", "label:anything"])(
    "takes %s",
    (text) => {
      expect(checkFilter(text).ok).toBe(true);
    },
  );

  it("knows every kind of event that there is", () => {
    for (const { kind } of eventKinds) expect(closedValues.kind).toContain(kind);
  });

  it("lists the terms when none is near", () => {
    expect(errorOf("qwertyuiop:x").message).toContain("there are author, actor");
    expect(errorOf("qwertyuiop:x").suggestion).toBeUndefined();
  });

  it("refuses a text that nobody wrote by hand", () => {
    expect(errorOf("label:a ".repeat(1_000)).message).toContain("2000");
  });

  it("never throws and points inside the text", () => {
    const alphabet = [...'abrx:,-+ \\"“@*\n', "label:", "bot:", "draft:", "author:", "true"];
    const texts = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...alphabet)).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseFilter(text);
        if (parsed.ok) {
          matchesFilter(parsed.filter, anEvent(), ann);
          expect(filterOf(printFilter(parsed.filter))).toEqual(parsed.filter);
          return;
        }
        expect(parsed.error.start).toBeGreaterThanOrEqual(0);
        expect(parsed.error.start).toBeLessThanOrEqual(parsed.error.end);
        expect(parsed.error.end).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });

  it("reads back what is printed, whatever the values are", () => {
    const value = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => text.length < 50);
    const term = fc.record({
      key: fc.constantFrom(...attributeNames.filter((name) => name !== "draft")),
      negated: fc.boolean(),
      values: fc.array(value, { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(term, { maxLength: 5 }), (terms) => {
        expect(filterOf(printFilter({ terms, bot: "false" }))).toEqual({ terms, bot: "false" });
      }),
      { numRuns: 500 },
    );
  });
});

describe("mentionsTerm", () => {
  it("is about terms that ask for the key, not about negated ones", () => {
    const filter = filterOf("kind:pipeline.* -status:success");
    expect(mentionsTerm(filter, "kind")).toBe(true);
    expect(mentionsTerm(filter, "status")).toBe(false);
    expect(mentionsTerm(filter, "kind", "pipeline.succeeded")).toBe(true);
    expect(mentionsTerm(filter, "kind", "wiki.updated")).toBe(false);
    expect(mentionsTerm(filterOf("status:passed"), "status", "success")).toBe(true);
  });
});
