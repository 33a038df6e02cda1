import { allFeatures, type FeatureName, features, featureWords, isDelivered } from "../domain/feature.js";
import { type FilterError, checkFilter, filterKeys } from "../domain/filter.js";
import type { PatternRefusal } from "../domain/pattern-refusal.js";
import { parseProjectPattern } from "../domain/project-pattern.js";
import type { KnownConnection } from "../domain/read-address.js";
import { broughtWords, splitWish, toNarrowed, toSpelling } from "../domain/spellings.js";
import { nearest } from "../lib/nearest.js";
import { personalFeatures } from "./pairing.js";

/** `bot.subscribe.<code>` says it in a chat, `message` on the command line. */
export interface WishProblem {
  ok: false;
  code: "unknown-word" | "unknown-inside" | "narrows-others" | "pattern" | "filter";
  message: string;
  /** The word that was not understood. */
  word: string;
  /** What is wrong with a filter. */
  filter?: FilterError;
  suggestion?: string | undefined;
  /** Of `pattern`: why, for a sentence in the reader's language. */
  refusal?: PatternRefusal;
}

export type ParsedWish =
  { ok: true; projects: string[] | undefined; features: FeatureName[]; filter: string } | WishProblem;

type Known = readonly KnownConnection[];

interface Parts {
  projects: string[];
  named: FeatureName[];
  terms: string[];
  all: boolean;
  /** A word that narrows one feature by a term which would narrow others too. */
  narrows?: { word: string; feature: FeatureName };
}

/** Takes a wish apart, in our words or those that people bring from other tools; pure. Without a project, or with `me`, it is personal. */
export function parseWish(words: string, connections: Known): ParsedWish {
  const parts: Parts = { projects: [], named: [], terms: [], all: false };
  for (const word of splitWish(words)) {
    const problem = sortWord(word, parts, connections);
    if (problem !== null) return problem;
  }
  const { narrows } = parts;
  const others = narrows === undefined ? [] : parts.named.filter((name) => name !== narrows.feature);
  if (narrows !== undefined && (others.length > 0 || parts.all)) {
    const message = "this would narrow the other features of the subscription too: subscribe to it by itself";
    return { ok: false, code: "narrows-others", message, word: narrows.word };
  }
  const filter = [...new Set(parts.terms)].join(" ");
  const parsed = checkFilter(filter);
  if (!parsed.ok) {
    const { message, start, end, suggestion } = parsed.error;
    const word = filter.slice(start, end);
    return { ok: false, code: "filter", message, word, filter: parsed.error, suggestion };
  }
  const projects = parts.projects.length === 0 ? undefined : [...new Set(parts.projects)];
  return { ok: true, projects, features: chosenFeatures(parts, projects === undefined), filter };
}

function chosenFeatures({ named, all }: Parts, personal: boolean): FeatureName[] {
  if (all) return [...new Set([...allFeatures, ...named])];
  if (named.length > 0) return [...new Set(named)];
  if (personal) return [...personalFeatures];
  return features.map(({ name }) => name).filter(isDelivered);
}

function sortWord(word: string, parts: Parts, connections: Known): WishProblem | null {
  const lower = word.toLowerCase();
  if (lower === "me" || lower === "@me") return null;
  if (lower === "all") {
    parts.all = true;
    return null;
  }
  const spelling = toSpelling(word);
  if (spelling !== undefined) {
    parts.named.push(...spelling.features);
    parts.terms.push(...spelling.terms);
    return null;
  }
  const narrowed = toNarrowed(word);
  if (narrowed !== undefined) {
    if (narrowed.unknown !== undefined) {
      const message = `cannot be narrowed by ${narrowed.unknown} yet: name, branch and actor work`;
      return { ok: false, code: "unknown-inside", message, word: narrowed.unknown };
    }
    parts.named.push(narrowed.feature);
    parts.terms.push(...narrowed.terms);
    if (narrowed.terms.some((term) => !term.startsWith("workflow:")))
      parts.narrows = { word, feature: narrowed.feature };
    return null;
  }
  if (isTerm(word) || isMistypedTerm(word, connections) || hasOpenQuote(word)) {
    parts.terms.push(word);
    return null;
  }
  return sortProject(word, parts, connections);
}

function sortProject(word: string, parts: Parts, connections: Known): WishProblem | null {
  if (!/[/*:]/.test(word)) {
    const near = nearest(word, [...featureWords, ...broughtWords]);
    // Elsewhere a bare owner stands for all that is theirs.
    const [only, ...others] = connections;
    const owners = only === undefined || others.length > 0 ? undefined : `${word}/*`;
    const message = "this is neither a project nor a feature";
    return { ok: false, code: "unknown-word", message, word, suggestion: near ?? owners };
  }
  const pattern = parseProjectPattern(word, connections);
  if (!pattern.ok) {
    const { message, suggestion } = pattern;
    return { ok: false, code: "pattern", message, word, suggestion, refusal: pattern };
  }
  parts.projects.push(pattern.pattern);
  return null;
}

function isTerm(word: string): boolean {
  const match = /^[-+–—−]?([a-z]+):/i.exec(word);
  return match !== null && (filterKeys as readonly string[]).includes(match[1]?.toLowerCase() ?? "");
}

/** A key that no connection is called, before what is no path: it was meant for a filter. */
function isMistypedTerm(word: string, connections: Known): boolean {
  const [, key, value = ""] = /^[-+–—−]?([a-z_]+):(?!\/\/)(.+)$/is.exec(word) ?? [];
  const ids = connections.map(({ id }) => id);
  if (key === undefined || nearest(key, ids) !== undefined) return false;
  return nearest(key, filterKeys) !== undefined || (value !== "*" && !value.includes("/"));
}

/** Then the parser of filters says so. */
function hasOpenQuote(word: string): boolean {
  return (word.split('"').length - 1) % 2 === 1;
}
