import type { LogFields, LogLevel } from "./log.js";

export interface LogEntry {
  /** Epoch milliseconds. */
  at: number;
  level: LogLevel;
  message: string;
  fields: LogFields;
}

const maxDepth = 5;
const maxItems = 100;
const maxText = 8_000;

/** Fields that hold a credential by their name, whatever the value is. */
const secretName =
  /^(authorization|proxy-authorization|private-token|job-token|cookie|set-cookie|password|token|secret)$/i;

/** What the readable fields of an error are: a library may hang a request with its headers on one. */
const errorFields = ["kind", "code", "status", "host", "sent", "remedy", "retryAt"];

/** One JSON object in one line, without the line end. */
export function toJsonLine(entry: LogEntry, withStack: boolean): string {
  const core = { time: new Date(entry.at).toISOString(), level: entry.level, message: entry.message };
  // Named twice to keep the first place and the last word.
  return JSON.stringify({ ...core, ...toSafeFields(entry.fields, withStack), ...core });
}

/** One line for a terminal. Control characters are shown, not obeyed: much of the text comes from strangers. */
export function toPrettyLine(entry: LogEntry, withStack: boolean): string {
  const time = new Date(entry.at).toISOString().slice(0, 19).replace("T", " ");
  return `${time} ${entry.level.toUpperCase().padEnd(5)} ${toPlainLine(entry, withStack)}`;
}

/** The same without time and level, for those who have their own. */
export function toPlainLine(entry: LogEntry, withStack: boolean): string {
  const fields = Object.entries(toSafeFields(entry.fields, withStack));
  const rest = fields.map(([name, value]) => ` ${name}=${toShort(value)}`).join("");
  return showControls(`${entry.message}${rest}`);
}

function toSafeFields(fields: LogFields, withStack: boolean): Record<string, unknown> {
  return Object.fromEntries(toSafeEntries(fields, { depth: 0, seen: new Set([fields]), withStack }));
}

interface Walk {
  depth: number;
  /** The objects that this value lies in. */
  seen: Set<object>;
  withStack: boolean;
}

function toSafe(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case "string":
      return value.length > maxText ? `${value.slice(0, maxText)}… (${value.length} characters)` : value;
    case "bigint":
      return value.toString();
    case "object":
      return value === null ? null : toSafeObject(value, walk);
    case "function":
    case "symbol":
      return `[${typeof value}]`;
    default:
      return value;
  }
}

function toSafeObject(value: object, walk: Walk): unknown {
  if (walk.seen.has(value)) return "[circular]";
  if (walk.depth >= maxDepth) return "[deep]";
  const deeper: Walk = { ...walk, depth: walk.depth + 1, seen: new Set([...walk.seen, value]) };
  if (value instanceof Error) return toSafeError(value, deeper);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
  if (value instanceof URL) return value.host;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map || value instanceof Set) return toSafe([...value], deeper);
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => toSafe(item, deeper));
  return Object.fromEntries(toSafeEntries(value, deeper));
}

function toSafeEntries(value: object, walk: Walk): Array<[string, unknown]> {
  const given: Array<[string, unknown]> = Object.entries(value);
  const entries = given.filter(([, item]) => item !== undefined).slice(0, maxItems);
  return entries.map(([name, item]) => [name, secretName.test(name) ? "***" : toSafe(item, walk)]);
}

function toSafeError(error: Error, walk: Walk): Record<string, unknown> {
  const safe: Record<string, unknown> = { name: error.name, message: toSafe(error.message, walk) };
  for (const field of errorFields) {
    const value: unknown = Reflect.get(error, field);
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      safe[field] = value;
  }
  if (walk.withStack && error.stack !== undefined) safe["stack"] = toSafe(error.stack, walk);
  if (error.cause instanceof Error) safe["cause"] = toSafe(error.cause, walk);
  return safe;
}

/** An error reads as a sentence, anything else that is not a plain word as JSON. */
function toShort(value: unknown): string {
  if (typeof value === "string") return /^[\w./:@#!+-]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? "undefined";
}

function showControls(text: string): string {
  return text.replace(/\p{Cc}|[\u2028\u2029]/gu, (char) => {
    return char === "\n" ? "\\n" : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
