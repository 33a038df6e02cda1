import type { Language } from "../../../config/schema.js";
import { ownerOf, type Draft } from "../draft.js";
import type { Ports } from "../ports.js";

export async function chooseLanguage(draft: Draft, ports: Ports): Promise<Draft> {
  const initial = draft.language ?? guessLanguage(ports, draft.owner?.language);
  const language = await ports.ask.select<Language>({
    id: "language",
    message: `In which language shall ${ownerOf(draft) === null ? "the bot" : "it"} write to you?`,
    choices: [
      { value: "en", label: "English" },
      { value: "ru", label: "Русский" },
    ],
    initial,
  });
  return { ...draft, language };
}

/** The person's Telegram knows best; the terminal's locale is the next best. */
export function guessLanguage({ locale }: Pick<Ports, "locale">, telegram: string | undefined): Language {
  return /^ru\b/i.test(telegram ?? locale) ? "ru" : "en";
}
