import type * as z from "zod";
import { nearest } from "../lib/nearest.js";
import { keysAt, toJsonSchema } from "./describe.js";
import type { Position, Positions } from "./positions.js";

/** One mistake in config.yaml, for a person. Never holds a value that could be a secret. */
export interface Problem extends Position {
  file: string;
  message: string;
  /** What to write instead. */
  suggestion?: string;
}

/** A mistake at a path of the settings, before it has a line and a column. */
export interface Finding {
  path: readonly PropertyKey[];
  message: string;
  suggestion?: string;
  /** Place inside the text at `path`. */
  offset?: number;
  /** The mistake is the key itself, not its value. */
  atKey?: boolean;
}

export function toProblem(finding: Finding, positions: Positions, file: string): Problem {
  const { path, message, suggestion, offset, atKey } = finding;
  const position = atKey === true ? positions.ofKey(path) : positions.ofValue(path, offset);
  const place = atKey === true ? path.slice(0, -1) : path;
  return {
    file,
    ...position,
    message: place.length === 0 ? message : `${toPathText(place)}: ${message}`,
    ...(suggestion !== undefined && { suggestion }),
  };
}

/** `connections[0].url` */
export function toPathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("");
}

/** What zod found, in plain words. `data` is what was validated. */
export function toFindings(issues: readonly z.core.$ZodIssue[], schema: z.ZodType, data: unknown): Finding[] {
  const root = toJsonSchema(schema);
  return issues.flatMap((issue) => toFinding(issue, { data, knownKeys: (path) => keysAt(root, path) }));
}

interface Sight {
  data: unknown;
  knownKeys(path: readonly PropertyKey[]): string[];
}

function toFinding(issue: z.core.$ZodIssue, sight: Sight): Finding[] {
  const { path } = issue;
  const actual = valueAt(sight.data, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return toUnknownKeys(issue.keys, path, sight.knownKeys(path));
    case "invalid_type":
      return [{ path, ...describeType(issue.expected, actual) }];
    case "invalid_value": {
      const values = issue.values.map(String);
      const near = typeof actual === "string" ? nearest(actual, values) : undefined;
      const message = actual === undefined ? "is missing" : `must be one of ${values.join(", ")}`;
      return [{ path, message, ...(near !== undefined && { suggestion: near }) }];
    }
    case "invalid_union":
      return toUnionFindings(issue, sight);
    case "custom":
      return [{ path, message: issue.message, ...readParams(issue.params) }];
    default:
      return [{ path, message: issue.message }];
  }
}

/** If the value is of the right shape for one variant of the union, its mistakes are those inside that variant. */
function toUnionFindings(issue: z.core.$ZodIssueInvalidUnion, sight: Sight): Finding[] {
  const actual = valueAt(sight.data, issue.path);
  if (actual === undefined) return [{ path: issue.path, message: "is missing" }];
  const inside = issue.errors.find(
    (errors) => errors.length > 0 && errors.every(({ path }) => path.length > 0),
  );
  if (inside === undefined) return [{ path: issue.path, message: issue.message }];
  return inside.flatMap((inner) => toFinding({ ...inner, path: [...issue.path, ...inner.path] }, sight));
}

/** Keys under which people try to keep a token in the file. */
const secretKeys = /token|password|passwd|secret|credential/i;

/** Beyond so many at one place nobody mistyped them. */
const mostMistyped = 200;

function toUnknownKeys(keys: readonly string[], path: readonly PropertyKey[], known: string[]): Finding[] {
  return keys.map((key, index) => toUnknownKey(key, path, index < mostMistyped ? known : []));
}

function toUnknownKey(key: string, path: readonly PropertyKey[], known: string[]): Finding {
  const suggestion = nearest(key, known);
  const hint = secretKeys.test(key)
    ? "; tokens are not kept in this file: `gitnotify secrets set NAME` stores one"
    : suggestion === undefined && known.length > 0
      ? `; there are ${known.join(", ")}`
      : "";
  return {
    path: [...path, key],
    atKey: true,
    message: `unknown key "${key}"${hint}`,
    ...(suggestion !== undefined && { suggestion }),
  };
}

const typeWords: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "keys with values",
};

function describeType(expected: string, actual: unknown): Pick<Finding, "message" | "suggestion"> {
  if (actual === undefined) return { message: "is missing" };
  const message = `must be ${typeWords[expected] ?? expected}, not ${describeValue(actual)}`;
  if (expected === "string" && (typeof actual === "number" || typeof actual === "boolean")) {
    return { message: `${message}: put it in quotes` };
  }
  const isWord = typeof actual === "string" || typeof actual === "number";
  const truth = expected === "boolean" && isWord ? truthWords[String(actual).toLowerCase()] : undefined;
  return { message, ...(truth !== undefined && { suggestion: truth }) };
}

/** What other programs and older YAML take for true and false. */
const truthWords: Record<string, string> = {
  yes: "true",
  on: "true",
  "1": "true",
  no: "false",
  off: "false",
  "0": "false",
};

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "empty";
  return (
    { string: "text", number: "a number", boolean: "true or false" }[typeof value as string] ??
    "keys with values"
  );
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function readParams(params: unknown): Pick<Finding, "suggestion" | "offset"> {
  const { suggestion, offset }: { suggestion?: unknown; offset?: unknown } = params ?? {};
  return {
    ...(typeof suggestion === "string" && { suggestion }),
    ...(typeof offset === "number" && { offset }),
  };
}
