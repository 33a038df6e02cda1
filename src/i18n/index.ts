import { IntlMessageFormat } from "intl-messageformat";
import { en } from "./en.js";
import { ru } from "./ru.js";

export const languages = ["en", "ru"] as const;

export type Language = (typeof languages)[number];

export type MessageKey = keyof typeof en;

export type MessageValues = Record<string, string | number>;

/** One message filled with values, as plain text: values may hold anything, they are never read as markup. */
export interface Translate {
  (key: MessageKey, values?: MessageValues): string;
  language: Language;
}

export const catalogs: Record<Language, Record<MessageKey, string>> = { en, ru };

/** Messages are parsed when they are first used, once for each translator. Throws when a value that a message names is missing. */
export function createTranslator(language: Language): Translate {
  const parsed = new Map<MessageKey, IntlMessageFormat>();
  const translate = (key: MessageKey, values: MessageValues = {}) => {
    let message = parsed.get(key);
    if (message === undefined) {
      message = new IntlMessageFormat(catalogs[language][key], language, undefined, { ignoreTag: true });
      parsed.set(key, message);
    }
    return String(message.format(values));
  };
  return Object.assign(translate, { language });
}

/** For names that come from outside this program's types: a stored notice, a kind of event. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(en, key);
}
