import { stripVTControlCharacters } from "node:util";

/** What GitHub's runner says of a line: `##[error]…`. */
export type LineMark = "error" | "warning" | "notice" | "debug" | "command" | "group";

export interface LogLine {
  /** As a terminal shows it: without colours, instants and marks, and of a progress bar its last state. */
  text: string;
  mark?: LineMark;
  /** Epoch milliseconds, where lines have instants. */
  at?: number;
  /** It repeats what is going to be run: script, shell and environment of a step. */
  header?: boolean;
}

/** A boundary that the runner wrote between two lines: a section of GitLab's with this name. */
export interface Boundary {
  type: "start" | "end";
  name: string;
}

export type LogItem = LogLine | { boundary: Boundary };

const instant = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)(?: [0-9a-f]{2}[OE](?<joint>[ +])| |$)/;
const mark = /^##\[([a-z-]+)\](.*)$/;
const section = /section_(start|end):\d+:([A-Za-z0-9_.-]+)(?:\[[^\]\r\n]*\])?\r?/g;
// Control characters are what this is about.
// eslint-disable-next-line no-control-regex
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

interface Reading {
  at: number | undefined;
  /** The open group, as GitHub's runner names it. */
  group: string | null;
  last: LogLine | null;
}

/** A job's log as it was stored, taken apart. `cut`: it begins inside a line, which is dropped. */
export function toLogItems(raw: string, cut = false): LogItem[] {
  const whole = cut ? raw.slice(raw.indexOf("\n") + 1) : raw.replace(/^\uFEFF/, "");
  const reading: Reading = { at: undefined, group: null, last: null };
  return stripVTControlCharacters(whole)
    .trimEnd()
    .split("\n")
    .flatMap((line) => toItems(line, reading));
}

function toItems(rawLine: string, reading: Reading): LogItem[] {
  const stamp = instant.exec(rawLine);
  if (stamp !== null) reading.at = toEpoch(stamp[1]) ?? reading.at;
  const body = rawLine.slice(stamp?.[0].length ?? 0);
  // A `+` says that the runner broke one long line in two.
  if (stamp?.groups?.["joint"] === "+" && reading.last !== null) {
    reading.last.text += toShown(body);
    return [];
  }
  const items: LogItem[] = [];
  for (const piece of toPieces(body)) {
    const line = typeof piece === "string" ? toLine(piece, reading) : null;
    if (line !== null) items.push((reading.last = line));
    else if (typeof piece !== "string") items.push({ boundary: piece });
  }
  return items;
}

function toEpoch(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? undefined : at;
}

/** A line of GitLab's may hold several section marks, and text between them. */
function toPieces(body: string): Array<string | Boundary> {
  if (!body.includes("section_")) return [body];
  const pieces: Array<string | Boundary> = [];
  let from = 0;
  for (const found of body.matchAll(section)) {
    const before = body.slice(from, found.index);
    if (toShown(before) !== "") pieces.push(before);
    pieces.push({ type: found[1] === "start" ? "start" : "end", name: found[2] ?? "" });
    from = found.index + found[0].length;
  }
  const rest = body.slice(from);
  if (from === 0 || toShown(rest) !== "") pieces.push(rest);
  return pieces;
}

/** null: a mark that has nothing to show. */
function toLine(body: string, reading: Reading): LogLine | null {
  const shown = toShown(body);
  const [, word, rest = ""] = mark.exec(shown) ?? [];
  const at = reading.at === undefined ? {} : { at: reading.at };
  if (word === undefined) {
    const header = reading.group?.startsWith("Run ") === true;
    return { text: shown.replace(/^\[command\]/, ""), ...at, ...(header ? { header } : {}) };
  }
  if (word === "group" || word === "endgroup") reading.group = word === "group" ? rest : null;
  if (word === "endgroup" || word.endsWith("-matcher")) return null;
  return { text: rest, ...at, ...(isMark(word) ? { mark: word } : {}) };
}

const marks: readonly string[] = [
  "error",
  "warning",
  "notice",
  "debug",
  "command",
  "group",
] satisfies LineMark[];

function isMark(word: string): word is LineMark {
  return marks.includes(word);
}

/** Of what was written over itself on one line, the last state. */
function toShown(body: string): string {
  const states = body.split("\r").filter((state) => state !== "");
  return (states.at(-1) ?? "").replace(invisible, "").trimEnd();
}

/** As GitHub's own page shows it. */
export function toText({ text, mark: said }: LogLine): string {
  if (said === "error") return `Error: ${text}`;
  return said === "warning" ? `Warning: ${text}` : text;
}
