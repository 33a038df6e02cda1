import { IntlMessageFormat } from "intl-messageformat";
import type { ToldFailure } from "../domain/failure.js";
import type { Language, Translate } from "./index.js";
import { russianFailures } from "./ru/failures.js";

export interface FailureWords {
  reason: string;
  /** Empty where nothing can be advised. */
  remedy: string;
}

/** A sentence and an advice in ICU message format. */
export type FailureTexts = Readonly<Record<string, { reason: string; remedy?: string }>>;

/** English is what the failure itself says, where it was met. */
const texts: Partial<Record<Language, FailureTexts>> = { ru: russianFailures };

/** Why something did not work, in the reader's language: the most exact sentence that its values can fill. */
export function sayFailure({ language }: Pick<Translate, "language">, failure: ToldFailure): FailureWords {
  const known = texts[language];
  const own = { reason: failure.message, remedy: failure.remedy ?? "" };
  if (known === undefined) return own;
  for (const name of namesOf(failure)) {
    const words = known[name];
    if (words === undefined) continue;
    const reason = fill(words.reason, failure, language);
    if (reason !== null) return { reason, remedy: fill(words.remedy ?? "", failure, language) ?? "" };
  }
  return own;
}

/** From the most exact name to the one that always fits. */
function namesOf({ kind, code, detail }: ToldFailure): string[] {
  // Whether it was done matters more than why no answer came.
  if (kind === "ambiguous") return ["kind.ambiguous"];
  // The names of the secret stores' errors differ; what a person can do is the same.
  if (code?.startsWith("secret_store_") === true) return ["secret", `kind.${kind}`];
  const named = code === undefined ? [] : detail === undefined ? [code] : [`${code}.${detail}`, code];
  return [...named, `kind.${kind}`];
}

/** null where a value that the sentence names is missing. */
function fill(text: string, { values }: ToldFailure, language: Language): string | null {
  if (text === "") return "";
  try {
    return String(new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).format(values));
  } catch {
    return null;
  }
}
