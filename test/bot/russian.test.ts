import { describe, expect, it } from "vitest";
import { failureCodes } from "../../src/domain/failure-code.js";
import { Failure, type FailureKind, toTold } from "../../src/domain/failure.js";
import { renderNotice } from "../../src/delivery/card/index.js";
import { createTranslator } from "../../src/i18n/index.js";
import { sayFailure } from "../../src/i18n/failures.js";
import { mergeRequestFacts } from "../support/builders.js";
import { plain } from "../support/fake-channel.js";
import { type BotWorld, createBotWorld, group } from "./bot-world.js";

/** What stays as it is in every language: commands, code, addresses, and the names of things. */
const foreign = [
  /`[^`]*`/g,
  /\/[a-z]+/g,
  /gitnotify [a-z-]+( [\w/-]+)*/g,
  /«[^»]*»|Fix login/g,
  // The words of the filter language, as an example.
  /\([a-z]+( [a-z]+)* …\)/g,
  /\b(owner|group|project|acme|forge|work)[/:][\w/*#!@:.-]*/g,
  /\b[A-Z][A-Za-z]+ \([\w.-]+\)/g,
  /\b[\w.-]+: ?[a-z]+(, [a-z]+)*\b/g,
];

/** Two Latin words one after the other are a sentence of somebody who forgot to translate. */
function foreignIn(text: string): string[] {
  const rest = foreign.reduce((left, pattern) => left.replace(pattern, "…"), text);
  return rest.match(/\b[A-Za-z][a-z']+ [A-Za-z][a-z']+\b[^\n]*/g) ?? [];
}

const kinds: FailureKind[] = [
  ...(["throttled", "unreachable", "ambiguous", "unauthorized"] as const),
  ...(["forbidden", "gone", "conflict", "rejected"] as const),
];
const message = "Something that was said in English.";
const remedy = "Do what is written here.";

function failures(): Failure[] {
  const values = { server: "Forge (forge)" };
  return [
    ...kinds.flatMap((kind) => [
      new Failure(kind, { message, remedy }),
      new Failure(kind, { message, remedy, values }),
    ]),
    ...failureCodes.map((code) => new Failure("rejected", { message, remedy, values, code })),
  ];
}

async function inRussian(): Promise<BotWorld> {
  const world = await createBotWorld("ru");
  world.forge.readable.set("12", mergeRequestFacts());
  return world;
}

describe("a Russian chat", () => {
  it("knows an English sentence when it sees one", () => {
    expect(foreignIn("«work:x»: нет\n/log: не сделано. It broke again.")).toEqual(["It broke again."]);
    expect(foreignIn("acme/api#12: не сделано. Forge (forge) не отвечает. Введите /help.")).toEqual([]);
  });

  it.each([
    ...["/approve", "/merge", "/retry", "/cancel", "/log"],
    ...["/approve what is this", "/approve work:acme/api", "/approve acme/nothing#3", "/approve acme/api@3"],
    ...["/retry acme/api#12", "/log acme/api#12", "/runs acme/nothing", "/mrs acme/nothing"],
    ...["/subscribe", "/subscribe nonsense", "/subscribe acme/nothing", "/subscribe work:acme/api"],
    ...["/subscribe acme/api brnch:main", "/subscribe acme/api branch:", "/subscribe acme/api bot:perhaps"],
    ...["/subscribe acme/api bot:true bot:false", '/subscribe acme/api title:"open', "/subscribe acme//api"],
    ...[`/subscribe acme/api label:${"x".repeat(2_100)}`, "/subscribe acme/a?b", "/subscribe forge:"],
    ...['/subscribe acme/api workflows:{event:"push"}', "/unsubscribe acme/nothing", "/subscrbe acme/api"],
    ...["/nonsense", "approve", "just a text"],
  ])("answers %s in Russian", async (text) => {
    const world = await inRussian();
    await world.write(text);
    expect(world.said.length).toBeGreaterThan(0);
    expect(world.said.flatMap(foreignIn)).toEqual([]);
    expect(world.said.join()).toMatch(/[а-яё]{3}/);
  });

  it("hears in Russian why an action was refused, whatever the reason", async () => {
    const world = await inRussian();
    for (const failure of failures()) {
      world.forge.act = () => Promise.reject(failure);
      await world.write("/approve acme/api#12");
    }
    expect(world.said).toHaveLength(failures().length);
    expect(world.said.flatMap(foreignIn)).toEqual([]);
  });

  it("hears in Russian why a project cannot be looked for or followed", async () => {
    for (const kind of kinds) {
      const world = await inRussian();
      world.forge.trouble = new Failure(kind, { message, remedy, values: { server: "Forge (forge)" } });
      for (const text of ["/subscribe acme/other", "/approve acme/other#3", "/subscribe me"])
        await world.write(text);
      expect(world.said.flatMap(foreignIn)).toEqual([]);
    }
  });

  it("is told in Russian what a press cannot do any more", async () => {
    const world = await inRussian();
    await world.press("made-up");
    await world.write("/merge acme/api#12", { chat: group });
    const yes = world.button("Да, влить");
    await world.press(yes, { from: { id: "700", name: "Eve" }, chat: group });
    for (const times of [1, 2]) await world.press(yes, { chat: group, messageId: String(times) });
    expect(world.said.flatMap(foreignIn)).toEqual([]);
  });

  it("is told of trouble in Russian, by every notice that gives a reason", () => {
    const translate = createTranslator("ru");
    for (const failure of failures())
      for (const name of ["refused", "throttled", "inbox-gone", "stale", "parked", "dead"]) {
        const values = { platform: "Forge", connection: "forge", minutes: 5, chat: "-1", id: 7 };
        const named = { count: 1, what: "«Fix»", more: 0 };
        const notice = { name, values: { ...values, ...named }, failure: toTold(failure) };
        const { text } = renderNotice(notice, translate);
        expect(foreignIn(plain({ text, buttons: [], silent: true }))).toEqual([]);
      }
  });

  it("says each failure with every value that the sentence names", () => {
    const values = {
      ...{ server: "Forge (forge)", what: "acme/api#12", state: "closed", status: "draft_status" },
      ...{ said: "no", needed: "api", url: "https://x.example", name: "telegram", project: "acme/api" },
      ...{ text: "x", known: "forge", limit: 500, ids: "forge", id: "forge", character: "?", path: "acme" },
      ...{ platform: "Forge", host: "x.example", connections: "forge", scheme: "ftp" },
    };
    const general = kinds.map((kind) =>
      sayFailure({ language: "ru" }, new Failure(kind, { message, values })),
    );
    const own = failureCodes.map((code) => {
      const { reason } = sayFailure({ language: "ru" }, new Failure("rejected", { message, code, values }));
      return { code, reason };
    });
    expect(own.filter(({ reason }) => general.some((other) => other.reason === reason))).toEqual([]);
  });
});
