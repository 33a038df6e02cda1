import type { LackCode } from "../domain/lack.js";
import { isMessageKey, type Translate } from "./index.js";

/** What a credential leaves out, and what to do, as two sentences in the reader's language. */
export function sayLack(translate: Translate, code: LackCode): string {
  const keys = [`lack.${code}`, `lack.${code}.remedy`];
  // A home of an earlier version may still hold the sentence itself, until its token is looked at again.
  return keys.every(isMessageKey) ? keys.map((key) => translate(key)).join(" ") : code;
}
