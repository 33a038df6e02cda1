import { describe, expect, it } from "vitest";
import { catalogs } from "../../src/i18n/index.js";
import { russianFailures } from "../../src/i18n/ru/failures.js";
import { wizardCatalogs } from "../../src/i18n/wizard.js";

/** Other words for what has a word already, by the word that is used (`docs/ARCHITECTURE.md`). */
const banned: Array<[string, RegExp]> = [
  ["пайплайн", /конвейер|сборочн|\bпайплаин/i],
  ["джоба", /джобы? (был|упал )|задани[еяюй]|задач[аеиуй]?\s+(этого )?(пайплайна|CI)|упавш\S+ задач/i],
  ["мерж-реквест", /мердж|мёрж|мерж реквест|запрос\S* на слияние|merge.?request/i],
  ["пул-реквест", /пулл|пул реквест|pull.?request/i],
  ["влить", /(?<![а-яё])сли(ть|т|та|ты|вать)(?![а-яё])|смержи|замержи|объедин/i],
  ["ревью", /рецензи|проверяющ|\bобзор/i],
  ["правки", /запрос\S* изменени/i],
  ["упоминание", /меншн|отметил/i],
  ["токен", /маркер|ключ доступа/i],
  ["репозиторий", /репозитар|\bрепа\b/i],
  ["приватный", /закрыт\S* (проект|репозитор)/i],
  ["чат", /бесед|переписк/i],
  ["лог", /журнал/i],
  ["уведомление", /оповещени|нотификац/i],
  ["аккаунт", /учётн\S+ запис|учетн\S+ запис|акаунт/i],
  ["ветка", /ветвь|бранч/i],
  ["коммит", /комит|фиксаци/i],
  ["вики", /страниц\S* wiki|викистраниц/i],
  ["перезапустить", /ретрай|запустить заново|повторить пайплайн/i],
];

interface Text {
  key: string;
  text: string;
}

const texts: Text[] = [
  ...Object.entries(catalogs.ru).map(([key, text]) => ({ key, text })),
  ...Object.entries(wizardCatalogs.ru).map(([key, text]) => ({ key, text })),
  ...Object.entries<{ reason: string; remedy?: string } | undefined>(russianFailures).map(([key, words]) => ({
    key,
    text: `${words?.reason ?? ""} ${words?.remedy ?? ""}`,
  })),
];

describe("the Russian words", () => {
  it.each(banned)("say %s in one way", (_, others) => {
    // The names of arguments and of their cases are English.
    const said = texts.map(({ key, text }) => ({ key, text: text.replace(/\{\w+(?=[,}])|\w+ (?=\{)/g, "") }));
    expect(said.filter(({ text }) => others.test(text) && !text.includes("glpat-"))).toEqual([]);
  });

  it("stand in «ёлочки»", () => {
    expect(texts.filter(({ text }) => /["“”„]/.test(text))).toEqual([]);
  });

  it("do not guess whether a person is a man or a woman", () => {
    const person = /(?<!От )\{(actor|name|whom|who)\}[^{}.]{0,3} ?\S+(л|ла)(?![а-яё])/;
    expect(texts.filter(({ text }) => person.test(text))).toEqual([]);
  });

  it("count in four forms", () => {
    const counted = texts.flatMap(({ key, text }) =>
      [...text.matchAll(/\{\w+, plural,([^{]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*)\}/g)].map(
        ([, forms = ""]) => ({ key, forms }),
      ),
    );
    const agrees = ({ forms }: { forms: string }) =>
      ["one", "few", "many", "other"].every((form) => forms.includes(`${form} {`)) ||
      // Where nothing agrees with the number, one form is enough.
      !/one \{/.test(forms);
    expect(counted.length).toBeGreaterThan(20);
    expect(counted.filter((one) => !agrees(one))).toEqual([]);
  });
});
