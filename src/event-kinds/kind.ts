import type { AttributeName, Event, Role } from "../domain/event.js";
import type { FeatureName } from "../domain/feature.js";

/**
 * One kind of event. What people read of it is the message `event.<kind>` in `i18n`.
 */
export interface EventKind {
  /** Dotted name, e.g. `pipeline.failed`. */
  kind: string;
  feature: FeatureName;
  icon: string;
  /** Whether a subscription brings it without naming it (`kind:`, or a term of `namedBy`, in the filter). */
  byDefault: boolean;
  /** Whom it asks to act, so that it is worth a sound: those whom it concerns in one of these roles. */
  asks: readonly Role[];
  /** What it asks stands on the card until the reader has done something about it. */
  stays?: true;
  /** Whether it asks everybody who follows its branch, whomever it concerns: the default branch, or one that the filter names. */
  asksFollowers?(event: Event): boolean;
  /** Laid on the reader's table it is told beside whatever else happened in one with it: a mention does not stand for it. */
  apart?: true;
  /** An exception to `asks` for this event, e.g. what goes wrong in a draft. */
  asksNobody?(event: Event): boolean;
  /** When several events stem from one happening, a chat gets the one with the highest weight. Default 0. */
  weight?: number;
  /** Filter keys, beside `kind`, that ask for this event when they name its value (`status:success`). */
  namedBy?: readonly AttributeName[];
  /** An exception to `byDefault` for this event, e.g. a draft that was opened. */
  quiet?(event: Event): boolean;
}
