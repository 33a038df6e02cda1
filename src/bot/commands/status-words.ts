import type { ToldFailure } from "../../domain/failure.js";
import { sayFailure } from "../../i18n/failures.js";
import type { MessageKey, MessageValues, Translate } from "../../i18n/index.js";
import { toSpanParts } from "../../lib/span.js";

type StatusWord = MessageKey extends infer Key
  ? Key extends `bot.status.${infer Word}`
    ? Word
    : never
  : never;

/** The words of the report, and lengths of time in them, as of one moment (epoch milliseconds). */
export interface Teller {
  say: (word: StatusWord, values?: MessageValues) => string;
  since: (at: number) => string;
  until: (at: number) => string;
  /** What happened; what to do stands in the notice that told of it. */
  tell: (failure: ToldFailure) => string;
  /** Also when it is less than a second away. */
  isPast: (at: number) => boolean;
}

export function createTeller(translate: Translate, now: number): Teller {
  const toSpan = (ms: number) => translate("bot.span", { ...toSpanParts(ms) });
  return {
    say: (word, values) => translate(`bot.status.${word}`, values),
    since: (at) => toSpan(now - at),
    tell: (failure) => sayFailure(translate, failure).reason,
    until: (at) => toSpan(at - now),
    isPast: (at) => at - now < 1_000,
  };
}
