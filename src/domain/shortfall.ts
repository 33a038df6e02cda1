/**
 * Part of what a source should deliver cannot be had, though the rest goes on. People are told once when it begins and once when it
 * ends; `status` and `doctor` list it meanwhile. Its sentence is the message `shortfall.<code>` in `i18n`, filled with `values`.
 *
 * - `denied`      switched off in the project, or the credential may not read it: `{ what, scope }`, the feature and the permission it needs.
 * - `hidden`      organizations that the credential is not authorized for (single sign-on) are left out: `{}`.
 * - `refused_row` a row of a list is not of the shape that we know, and is left out: `{ what, where }`, the row and its first wrong place.
 * - `set_aside`   one subject cannot be read; it is tried again on its own: `{ what, reason }`.
 * - `cut`         a list has more than is read: `{ what, limit }`.
 * - `blocked`     one way into the server does not work and another is taken, or a part is missing: `{ what, reason }`.
 * - `reread`      a position in the source could not be understood and was set to now: `{ what }`; what happened before it may be missing.
 * - `missed`      the changes of a forced push cannot be told, since its old head is gone: `{ what, url }`, the push, and where to look.
 */
export const shortfallCodes = [
  "denied",
  "hidden",
  "refused_row",
  "set_aside",
  "cut",
  "blocked",
  "reread",
  "missed",
] as const;

export type ShortfallCode = (typeof shortfallCodes)[number];

export interface Shortfall {
  code: ShortfallCode;
  /** Tells one from another with the same code in the same source: a feature, a subject's id, a row's id. */
  key: string;
  values: Readonly<Record<string, string | number>>;
}
