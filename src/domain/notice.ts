import type { ToldFailure } from "./failure.js";

/**
 * A message of the daemon about itself: "now watching", a refused token, an outage. `name` is a message `notice.<name>` in
 * `i18n`, `values` fill it. Rendered when it is sent, in the language of that time.
 */
export interface Notice {
  name: string;
  values: Record<string, string | number>;
  /** Fills `reason` and `remedy`. */
  failure?: ToldFailure;
  /** Sentences of their own, by the key of their message, one a line in place of `{parts}`. */
  parts?: ReadonlyArray<{ key: string; values: Readonly<Record<string, string | number>> }>;
}
