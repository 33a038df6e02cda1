import type { ActionVerb } from "./action.js";
import type { Subject } from "./subject.js";

/**
 * What stands behind a button, kept in the store under a random nonce; the button itself carries the nonce alone. `act` of a
 * verb that needs a second word asks for it first and then becomes `confirmed`.
 */
export type ButtonMeaning =
  | ({ do: "act" | "confirmed" } & PressedAction)
  /** `jobId`: of the failed jobs this one; absent, the first. */
  | { do: "log"; subject: Subject; projectPath: string; jobId?: string }
  | { do: "dismiss" }
  /** Runs a bot command as the one who presses. */
  | { do: "command"; name: string; words: string };

export interface PressedAction {
  verb: ActionVerb;
  subject: Subject;
  projectPath: string;
  /** The head that the person saw; for approve and merge. */
  sha?: string;
  /** For the question: what is merged where, or which run on which branch. */
  branch?: string;
}

/** Verbs that ask once more before they are carried out. */
export const verbsToConfirm: readonly ActionVerb[] = ["merge", "cancel"];

const hour = 3_600_000;

/** How long a button works, by what it does. */
export function lifetimeMs(meaning: ButtonMeaning): number {
  return meaning.do === "confirmed" ? hour / 4 : 24 * hour;
}
