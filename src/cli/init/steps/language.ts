import type { Language } from "../../../i18n/index.js";
import type { Draft } from "../draft.js";
import type { Ports } from "../ports.js";

/** Of the wizard from here on, and of the bot. */
export async function chooseLanguage(draft: Draft, { ask, say }: Ports): Promise<Draft> {
  const language = await ask.select<Language>({
    id: "language",
    message: say("language.ask"),
    choices: [
      { value: "en", label: "English" },
      { value: "ru", label: "Русский" },
    ],
    initial: say.language,
  });
  say.language = language;
  const isFirst = draft.language === undefined && draft.existing.text.trim() === "";
  if (isFirst) ask.greet(say("greeting"));
  return { ...draft, language };
}
