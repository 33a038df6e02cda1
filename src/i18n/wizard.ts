import { IntlMessageFormat } from "intl-messageformat";
import { wizard as en } from "./en/wizard.js";
import type { Language, MessageValues } from "./index.js";
import { wizard as ru } from "./ru/wizard.js";

export type WizardKey = keyof typeof en;

/** Apart from the other messages: only `gitnotify init` loads these. */
export const wizardCatalogs: Record<Language, Record<WizardKey, string>> = { en, ru };

/** Says a sentence of the wizard in the language that was last chosen. */
export interface Say {
  (key: WizardKey, values?: MessageValues): string;
  /** A key that is made of what a platform or a server answered; null: there are no words for it. */
  known(key: string, values?: MessageValues): string | null;
  language: Language;
}

export function createSay(language: Language): Say {
  const say = (key: WizardKey, values: MessageValues = {}) => {
    const text = wizardCatalogs[spoken.language][key];
    const format = new IntlMessageFormat(text, spoken.language, undefined, { ignoreTag: true });
    return String(format.format(values));
  };
  const known = (key: string, values?: MessageValues) => (isWizardKey(key) ? say(key, values) : null);
  const spoken: Say = Object.assign(say, { known, language });
  return spoken;
}

export function isWizardKey(key: string): key is WizardKey {
  return Object.hasOwn(en, key);
}
