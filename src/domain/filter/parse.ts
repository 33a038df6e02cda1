import { nearest } from "../../lib/nearest.js";
import { findUnknownValue } from "./closed-values.js";
import { filterKeys, switchValues, type Filter, type FilterKey, type Switch } from "./terms.js";
import { scanWord, splitWords, type FilterError, type ScannedValue, type Word } from "./words.js";

export type ParsedFilter = { ok: true; filter: Filter } | { ok: false; error: FilterError };

/** Longer texts are refused: a filter is kept with its subscription and looked at for every event. */
const longestFilter = 2_000;

/** Reads a filter as a person wrote it. Never throws; the first mistake is the answer. */
export function parseFilter(text: string): ParsedFilter {
  return parse(text, () => undefined);
}

/**
 * The same for a filter that somebody writes now: a kind of event that does not exist is a mistake too. One that is kept already stays
 * readable, whatever this version knows.
 */
export function checkFilter(text: string): ParsedFilter {
  return parse(text, findUnknownValue);
}

function parse(text: string, check: typeof findUnknownValue): ParsedFilter {
  if (text.length > longestFilter) {
    const message = `a filter can have ${longestFilter} characters, and this one has ${text.length}`;
    const values = { limit: longestFilter, length: text.length };
    return {
      ok: false,
      error: { code: "too_long", values, message, start: longestFilter, end: text.length },
    };
  }
  const words = splitWords(text);
  if ("error" in words) return { ok: false, error: words.error };
  const filter: Filter = { terms: [] };
  for (const word of words.words) {
    const error = addWord(filter, word, check);
    if (error !== undefined) return { ok: false, error };
  }
  return { ok: true, filter };
}

function addWord(filter: Filter, word: Word, check: typeof findUnknownValue): FilterError | undefined {
  const scanned = scanWord(word);
  const { key: writtenKey, keyStart, keyEnd } = scanned;
  const key = filterKeys.find((name) => name === writtenKey.toLowerCase());
  const at = { start: keyStart, end: keyEnd };
  if (scanned.values === undefined) return { ...toBareWordError(scanned.key, key), ...at, ...hint(key) };
  if (key === undefined) {
    const suggestion = nearest(writtenKey, filterKeys);
    const known = filterKeys.join(", ");
    const message = `unknown term "${writtenKey}"${suggestion === undefined ? `; there are ${known}` : ""}`;
    const values = { key: writtenKey, known: suggestion === undefined ? known : "none" };
    return { code: "unknown_key", values, message, ...at, ...(suggestion && { suggestion }) };
  }
  const empty = scanned.values.find((value) => value.text === "");
  if (empty !== undefined) {
    return {
      code: "no_value",
      values: { key },
      message: `a value is missing after "${key}:"`,
      start: keyStart,
      end: Math.max(empty.end, keyEnd),
    };
  }
  if (key === "bot" || key === "self")
    return addSwitch(filter, { key, negated: scanned.negated, values: scanned.values });
  if (key === "draft") {
    const wrong = scanned.values.find((value) => !/^(true|false)$/i.test(value.text));
    if (wrong !== undefined) return toSwitchError(key, wrong, ["true", "false"]);
  }
  const unknown = check(key, scanned.values);
  if (unknown !== undefined) return unknown;
  filter.terms.push({ key, negated: scanned.negated, values: scanned.values.map((value) => value.text) });
  return undefined;
}

function toBareWordError(
  word: string,
  key: FilterKey | undefined,
): Pick<FilterError, "code" | "values" | "message"> {
  if (word === "") return { code: "no_term", values: {}, message: "a term is missing here" };
  if (key !== undefined) {
    const message = `a value is missing after "${key}": a term is written ${key}:value`;
    return { code: "no_value", values: { key }, message };
  }
  const message = `"${word}" is not a term: terms are written key:value, like branch:main`;
  return { code: "no_key", values: { word }, message };
}

function hint(key: FilterKey | undefined): { suggestion?: string } {
  return key === undefined ? {} : { suggestion: `${key}:` };
}

interface SwitchWord {
  key: "bot" | "self";
  negated: boolean;
  values: ScannedValue[];
}

/** `-bot:true` is what people write for "without bots"; `-bot:false` then means nothing but bots. */
const negatedSwitch: Record<Switch, Switch> = { true: "false", only: "false", false: "only" };

function addSwitch(filter: Filter, word: SwitchWord): FilterError | undefined {
  for (const value of word.values) {
    const written = switchValues.find((name) => name === value.text.toLowerCase());
    if (written === undefined) return toSwitchError(word.key, value, switchValues);
    const meant = word.negated ? negatedSwitch[written] : written;
    if (filter[word.key] !== undefined && filter[word.key] !== meant) {
      return {
        code: "contradiction",
        values: { key: word.key },
        message: `"${word.key}:" is given twice with different values`,
        start: value.start,
        end: value.end,
      };
    }
    filter[word.key] = meant;
  }
  return undefined;
}

function toSwitchError(key: FilterKey, value: ScannedValue, allowed: readonly string[]): FilterError {
  const suggestion = nearest(value.text, allowed) ?? { yes: "true", no: "false" }[value.text.toLowerCase()];
  return {
    code: "wrong_value",
    values: { key, allowed: allowed.join(", ") },
    message: `"${key}:" takes ${allowed.join(", ")}`,
    start: value.start,
    end: value.end,
    ...(suggestion !== undefined && { suggestion }),
  };
}
