import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";
import { eventKinds } from "../../src/event-kinds/index.js";
import { isWizardKey, wizardCatalogs, type WizardKey } from "../../src/i18n/wizard.js";
import { platforms } from "../../src/platforms/index.js";
import {
  catalogs,
  createTranslator,
  isMessageKey,
  languages,
  type MessageKey,
} from "../../src/i18n/index.js";

/** Names of the arguments of a message, at any depth. */
function argumentsOf(message: string): string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (value !== null && typeof value === "object") {
      const element = value as { type?: number; value?: unknown; options?: Record<string, unknown> };
      // Type 0 is literal text and 7 is the number sign of a plural; everything else names an argument.
      if (typeof element.value === "string" && element.type !== 0 && element.type !== 7)
        found.add(element.value);
      Object.values(element).forEach(walk);
    }
  };
  walk(new IntlMessageFormat(message, "en", undefined, { ignoreTag: true }).getAst());
  return [...found].sort();
}

const keys = Object.keys(catalogs.en) as MessageKey[];
const wizardKeys = Object.keys(wizardCatalogs.en) as WizardKey[];

describe("the catalogs of the wizard", () => {
  it.each(languages)("%s has every key and no other", (language) => {
    expect(Object.keys(wizardCatalogs[language]).sort()).toEqual([...wizardKeys].sort());
  });

  it.each(wizardKeys)("%s takes the same arguments in every language", (key) => {
    expect(argumentsOf(wizardCatalogs.ru[key])).toEqual(argumentsOf(wizardCatalogs.en[key]));
  });

  it("has Cyrillic letters in every Russian message that has words", () => {
    const latin = wizardKeys.filter((key) =>
      /[a-z]{4,}/i.test(wizardCatalogs.en[key].replace(/\{[^{}]*\}/g, "")),
    );
    const same = latin.filter((key) => !/[а-яё]/i.test(wizardCatalogs.ru[key]));
    expect(same.filter((key) => wizardCatalogs.en[key] !== "GitHub")).toEqual([]);
  });

  it.each(platforms.map(({ id }) => id))("have words for everything that %s offers", async (id) => {
    const platform = await platforms.find((one) => one.id === id)?.load();
    const offers = platform?.setup?.tokenOffers({ url: "https://example.com" }) ?? [];
    expect(offers.length).toBeGreaterThan(0);
    const named = offers.flatMap((offer) => [
      ...[`offer.${id}.${offer.id}`, `offer.${id}.${offer.id}.hint`],
      ...offer.scopes.map((scope) => `scope.${id}.${scope}`),
    ]);
    expect(named.filter((key) => !isWizardKey(key))).toEqual([]);
  });
});

describe("the catalogs", () => {
  it.each(languages)("%s has every key and no other", (language) => {
    expect(Object.keys(catalogs[language]).sort()).toEqual([...keys].sort());
  });

  it.each(keys)("%s takes the same arguments in every language", (key) => {
    expect(argumentsOf(catalogs.ru[key])).toEqual(argumentsOf(catalogs.en[key]));
  });

  it("reads the arguments that it compares", () => {
    expect(argumentsOf("{a, select, x {{b}} other {{c, plural, one {#} other {{d}}}}}")).toEqual([
      "a",
      "b",
      "c",
      "d",
    ]);
  });

  it.each(eventKinds.map(({ kind }) => kind))("have words for %s", (kind) => {
    expect(isMessageKey(`event.${kind}`)).toBe(true);
  });

  it("have no words for a kind that does not exist", () => {
    const kinds = new Set(eventKinds.map(({ kind }) => `event.${kind}`));
    expect(keys.filter((key) => key.startsWith("event.") && !kinds.has(key))).toEqual([]);
  });

  it("has Cyrillic letters in every Russian message that has words", () => {
    const latin = keys.filter((key) => /[a-z]{4,}/i.test(catalogs.en[key].replace(/\{[^{}]*\}/g, "")));
    expect(latin.filter((key) => !/[а-яё]/i.test(catalogs.ru[key]))).toEqual([]);
  });
});

describe("createTranslator", () => {
  it("counts in Russian as Russians do", () => {
    const translate = createTranslator("ru");
    const said = [1, 2, 5, 11, 21, 22, 25].map((count) => translate("card.files", { count }));
    expect(said).toEqual(["1 файл", "2 файла", "5 файлов", "11 файлов", "21 файл", "22 файла", "25 файлов"]);
  });

  it("leaves what people wrote as it is", () => {
    const translate = createTranslator("en");
    const actor = "<b>{x}</b> '{y}' #";
    expect(translate("event.review.approved", { known: "yes", actor })).toBe(`${actor} approved`);
  });

  it("says who asks whom", () => {
    const translate = createTranslator("en");
    const asked = { actor: "Ann", whom: "@bob" };
    expect(translate("event.review.requested", { ...asked, known: "yes", you: "yes" })).toBe(
      "Ann requested your review",
    );
    expect(translate("event.review.requested", { ...asked, known: "yes", you: "no" })).toBe(
      "Ann requested a review from @bob",
    );
    expect(translate("event.review.requested", { ...asked, known: "no", you: "no" })).toBe(
      "Review requested from @bob",
    );
  });
});
