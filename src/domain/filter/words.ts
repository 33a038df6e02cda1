/** What is wrong with a filter, and where: `start` (first) and `end` (past the last) count UTF-16 units from 0. */
export interface FilterError {
  code: FilterErrorCode;
  /** Fill the sentence `bot.filter.<code>`. */
  values: Readonly<Record<string, string | number>>;
  /** In English, for a place in a file. */
  message: string;
  start: number;
  end: number;
  /** What to write in that place instead. */
  suggestion?: string;
}

export type FilterErrorCode =
  | "too_long" | "no_term" | "no_value" | "no_key" | "unknown_key" | "unknown_value" | "contradiction" | "wrong_value" | "open_quote"; // prettier-ignore

/** One word of the text; spaces inside quotes do not end it. */
export interface Word {
  text: string;
  /** Where it starts in the whole filter. */
  start: number;
}

export interface ScannedWord {
  negated: boolean;
  key: string;
  keyStart: number;
  keyEnd: number;
  /** undefined: there is no colon. The places are those in the whole filter. */
  values?: ScannedValue[];
}

export interface ScannedValue {
  text: string;
  start: number;
  end: number;
}

/** Phones and desktops turn typed quotes into these. */
const quotes = '"“”„';
/** And a typed hyphen into one of these. */
const minuses = "-–—−";

/** Whether a value must stand in quotes to be read as it is. */
export function needsQuotes(value: string): boolean {
  return /[\s,"“”„]/.test(value);
}

export function splitWords(text: string): { words: Word[] } | { error: FilterError } {
  const words: Word[] = [];
  let start = -1;
  let quoteAt = -1;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (start < 0 && /\s/.test(character)) continue;
    if (start < 0) start = at;
    if (quoteAt >= 0 && character === "\\") at++;
    else if (quotes.includes(character)) quoteAt = quoteAt < 0 ? at : -1;
    else if (quoteAt < 0 && /\s/.test(character)) {
      words.push({ text: text.slice(start, at), start });
      start = -1;
    }
  }
  if (quoteAt >= 0) {
    const message = "this quote is not closed";
    return { error: { code: "open_quote", values: {}, message, start: quoteAt, end: text.length } };
  }
  if (start >= 0) words.push({ text: text.slice(start), start });
  return { words };
}

/** Takes a word apart: sign, key, values. A leading `+` is how GitHub for Slack writes a label, and means nothing here. */
export function scanWord(word: Word): ScannedWord {
  const sign = word.text[0] ?? "";
  const negated = minuses.includes(sign);
  const signLength = negated || sign === "+" ? 1 : 0;
  const colon = word.text.indexOf(":");
  const keyEnd = colon < 0 ? word.text.length : colon;
  const scanned = {
    negated,
    key: word.text.slice(signLength, keyEnd),
    keyStart: word.start + signLength,
    keyEnd: word.start + keyEnd,
  };
  if (colon < 0) return scanned;
  return { ...scanned, values: scanValues(word.text.slice(colon + 1), word.start + colon + 1) };
}

function scanValues(text: string, offset: number): ScannedValue[] {
  const values: ScannedValue[] = [];
  let value = { text: "", start: offset, end: offset };
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (quoted && character === "\\" && isEscapable(text[at + 1])) value.text += text[++at] ?? "";
    else if (quotes.includes(character)) quoted = !quoted;
    else if (character === "," && !quoted) {
      values.push({ ...value, end: offset + at });
      value = { text: "", start: offset + at + 1, end: offset + at + 1 };
    } else value.text += character;
  }
  values.push({ ...value, end: offset + text.length });
  return values;
}

/** Any other backslash stands for itself. */
function isEscapable(character: string | undefined): boolean {
  return character !== undefined && (character === "\\" || quotes.includes(character));
}
