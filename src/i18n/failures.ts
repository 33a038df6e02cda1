import { IntlMessageFormat } from "intl-messageformat";
import type { FailureCode } from "../domain/failure-code.js";
import type { FailureKind, ToldFailure } from "../domain/failure.js";
import type { PlanProblem } from "../domain/plan-problem.js";
import type { Language, Translate } from "./index.js";
import { russianFailures } from "./ru/failures.js";

export interface FailureWords {
  reason: string;
  /** Empty where nothing can be advised. */
  remedy: string;
}

/** A sentence and an advice in ICU message format. */
interface FailureText {
  reason: string;
  remedy?: string;
}

/** What is wrong with a secret store is one name and which of them it was, whatever the store calls it. */
type NamedCode = Exclude<FailureCode, `secret_store_${string}`>;

/** A code without a sentence does not compile. */
export type EveryFailure = Readonly<
  Record<NamedCode | "secret" | `kind.${FailureKind}` | `bare.${FailureKind}`, FailureText> &
    Partial<Record<`${NamedCode | "secret"}.${string}`, FailureText>>
>;

/** English is what the failure itself says, where it was met. */
const texts: Partial<Record<Language, Readonly<Record<string, FailureText | undefined>>>> = {
  ru: russianFailures,
};

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

/** `acme/api: no such project.` and what to do. */
export function sayPlanProblem(
  translate: Pick<Translate, "language">,
  { where, failure }: PlanProblem,
): string {
  const { reason, remedy } = sayFailure(translate, failure);
  return `${where}: ${reason} ${remedy}`.trimEnd();
}

/** From the most exact name to the one that always fits. */
function namesOf({ kind, code, detail }: ToldFailure): string[] {
  if (kind === null) return [];
  const general = [`kind.${kind}`, `bare.${kind}`];
  // Whether it was done matters more than why no answer came.
  if (kind === "ambiguous") return general;
  // The names of the secret stores' errors differ; what a person can do is the same.
  if (code?.startsWith("secret_store_") === true) return ["secret", ...general];
  const named = code === undefined ? [] : detail === undefined ? [code] : [`${code}.${detail}`, code];
  return [...named, ...general];
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
