import { filterKeys } from "./filter.js";
import { toFeature, type FeatureName } from "./feature.js";

/** What one word of another tool's means here: features, and filter terms that narrow these alone. */
export interface Spelling {
  features: readonly FeatureName[];
  terms: readonly string[];
}

/** Terms are negative where possible: a positive `kind:` would shut out what other words of the same rule ask for. */
const brought: Readonly<Record<string, Spelling>> = {
  pulls_merged: only("merge_requests", "merged"),
  pulls_created: only("merge_requests", "opened"),
  workflow_failure: { features: ["pipelines"], terms: ["status:failed"] },
  workflow_success: { features: ["pipelines"], terms: ["status:success"] },
  issue_creations: {
    features: ["issues"],
    terms: ["-kind:issue.closed,issue.reopened,issue.labeled,issue.edited"],
  },
  creates: { features: ["branches", "tags"], terms: ["-kind:branch.deleted,tag.deleted"] },
  deletes: { features: ["branches", "tags"], terms: ["-kind:branch.created,tag.created"] },
};

function only(feature: "merge_requests", wanted: string): Spelling {
  const all = ["opened", "ready", "drafted", "merged", "closed", "reopened", "pushed", "conflict"];
  const others = all.filter((what) => what !== wanted).map((what) => `merge_request.${what}`);
  return { features: [feature], terms: [`-kind:${others.join(",")}`] };
}

/** Words that only stand for a spelling of another tool, for suggestions. */
export const broughtWords: readonly string[] = Object.keys(brought);

/** What a word of GitHub for Slack or Mattermost stands for, or undefined. */
export function toSpelling(word: string): Spelling | undefined {
  const known = Object.hasOwn(brought, word.toLowerCase()) ? brought[word.toLowerCase()] : undefined;
  if (known !== undefined) return known;
  const feature = toFeature(word);
  return feature === undefined ? undefined : { features: [feature], terms: [] };
}

/** `workflows:{name:"CI" branch:"main","dev"}` or `commits:main`: a feature with what narrows it. */
export interface Narrowed {
  feature: FeatureName;
  terms: string[];
  /** What was asked for and cannot be filtered by. */
  unknown?: string;
}

const keysInside: Readonly<Record<string, string>> = {
  name: "workflow",
  workflow: "workflow",
  branch: "branch",
  branches: "branch",
  actor: "actor",
};

/** undefined: it is no such word. */
export function toNarrowed(word: string): Narrowed | undefined {
  const match = /^([a-z_]+):(.+)$/is.exec(word);
  const feature = match?.[1] === undefined ? undefined : toFeature(match[1]);
  // `branch:main` is a filter term, though "branch" is a word for branches too.
  if (match === null || feature === undefined || match[1] === "branch" || match[1] === "tag")
    return undefined;
  const value = match[2] ?? "";
  if (value === "*") return { feature, terms: [] };
  if (!value.startsWith("{"))
    return feature === "commits" ? { feature, terms: [`branch:${value}`] } : undefined;
  return readBraces(feature, value.replace(/^\{|\}$/g, ""));
}

function readBraces(feature: FeatureName, inside: string): Narrowed {
  const terms: Array<{ key: string; values: string[] }> = [];
  for (const [token, key] of inside.matchAll(/([a-z_]+)\s*:|"[^"]*"|[^\s,":]+/gi)) {
    if (key !== undefined) terms.push({ key: key.toLowerCase(), values: [] });
    else terms.at(-1)?.values.push(token);
  }
  const unknown = terms.find(({ key }) => keysInside[key] === undefined);
  if (unknown !== undefined) return { feature, terms: [], unknown: unknown.key };
  const written = terms.filter(({ values }) => values.length > 0 && !values.includes('"*"'));
  return {
    feature,
    terms: written.map(({ key, values }) => `${keysInside[key] ?? key}:${values.join(",")}`),
  };
}

/**
 * Spaces separate, and commas except inside a filter term (`branch:main,dev`); quotes and braces hold together. Quotes that a phone makes
 * round are quotes, and an @ before a path is how people write an owner.
 */
export function splitWish(words: string): string[] {
  const plain = words.replace(/[“”„«»]/g, '"');
  const spaced = plain.match(/(?:"[^"]*(?:"|$)|\{[^}]*\}|[^\s"{])+/g) ?? [];
  return spaced
    .flatMap((word) => (isTermLike(word) ? [word] : word.split(hasQuery(word) ? /,(?=https?:)/ : ",")))
    .map((word) => word.replace(/^@(?=[\w.-]+\/)/, ""))
    .filter((word) => word !== "");
}

/** What a list of issues is narrowed by stands in its address, with commas: `…/issues?labels=a,b`. */
function hasQuery(word: string): boolean {
  return /:\/\/[^,]*[?#]/.test(word);
}

/** Lists of projects hold commas too, and connections (`work:acme/api,work:acme/web`). */
function isTermLike(word: string): boolean {
  const key = /^[-+–—−]?([a-z_]+):/i.exec(word)?.[1]?.toLowerCase();
  if (key === undefined) return false;
  if ((filterKeys as readonly string[]).includes(key)) return true;
  return toFeature(key) !== undefined && !word.includes("/");
}
