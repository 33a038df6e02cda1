/** Why a text names no project, as it is said in English; `i18n/ru/failures.ts` has the same codes. */
const sentences = {
  "pattern.empty": "a project is missing here: write connection:path",
  "pattern.no-connections": "there is no connection yet, and a project is written connection:path",
  "pattern.which-connection": "it is not said on which connection ({ids}) this project is",
  "pattern.several-connections": "several connections ({ids}) are at this address: write which one is meant",
  "pattern.unknown-connection": 'no connection is called "{id}"; there are {ids}',
  "pattern.no-path": "the path of the project is missing",
  "pattern.odd-character": '"{character}" cannot be in the path of a project',
  "pattern.empty-part": "the path has an empty part",
  "pattern.group": '"{path}" is a group or an owner, not a project',
  "pattern.no-such-path": "{platform} has no project with such a path",
  "pattern.no-such-group": "{platform} has no group with such a path",
  "pattern.two-parts": "a project of {platform} is always owner/name",
  "pattern.server": "this is the address of {platform} itself, not of a project",
  "pattern.own-page": '"{name}" is a page of {platform} itself, not of a project',
  "pattern.reserved": '{platform} has no project or group called "{name}"',
  "address.foreign": "no connection is at {host}; there are: {connections}",
  "address.outside": "this address lies outside of every connection; there are: {connections}",
  "address.host-or-group":
    "no connection is at {host}; there are: {connections}. A group of that name is written {id}:{host}/…",
  "address.scheme": "an address that starts with {scheme}:// leads to no project",
  "address.broken": "this is not a whole address",
} as const;

export type RefusalCode = keyof typeof sentences;

export const refusalCodes = Object.keys(sentences) as RefusalCode[];

/** Never holds a text that could be a token. */
export interface PatternRefusal {
  ok: false;
  code: RefusalCode;
  /** What fills the sentence, in any language. */
  values: Readonly<Record<string, string>>;
  message: string;
  /** What to write instead. */
  suggestion?: string;
}

export function refuse(
  code: RefusalCode,
  values: Readonly<Record<string, string>> = {},
  suggestion?: string,
): PatternRefusal {
  const message = sentences[code].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  return { ok: false, code, values, message, ...(suggestion !== undefined && { suggestion }) };
}
