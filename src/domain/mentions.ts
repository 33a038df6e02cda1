/** More than anybody reads, so that a hostile text cannot make an endless list. */
const mostMentions = 200;

/**
 * Whom a text mentions, each once, in order and as written, without the `@`: `ann`, `org/team`, `group/sub/team`. What is
 * code, a quotation, an HTML comment, an e-mail or a web address mentions nobody. Takes time in proportion to the text.
 */
export function findMentions(markdown: string): string[] {
  if (!markdown.includes("@")) return [];
  const found = new Map<string, string>();
  for (const paragraph of toParagraphs(markdown)) {
    if (!paragraph.includes("@")) continue;
    for (const name of namesIn(blankUrls(blankCodeSpans(paragraph)))) {
      const key = name.toLowerCase();
      if (found.size < mostMentions && !found.has(key)) found.set(key, name);
    }
  }
  return [...found.values()];
}

interface BlockState {
  fence: { mark: string; length: number } | null;
  comment: boolean;
  /** Column where the content of the last list item begins; text below a list item is indented and yet no code. */
  listIndent: number;
  afterBlank: boolean;
}

/** The text that can mention somebody, cut where a code span cannot reach across. */
function toParagraphs(markdown: string): string[] {
  const lines = markdown.split(/\r\n|\r|\n/);
  const quoted = quotedBlocks(lines);
  const state: BlockState = { fence: null, comment: false, listIndent: 0, afterBlank: true };
  const paragraphs: string[][] = [[]];
  lines.forEach((line, index) => {
    const text = quoted.has(index) ? "" : visibleText(line, state);
    if (text.trim() === "") paragraphs.push([]);
    else paragraphs.at(-1)?.push(text);
  });
  return paragraphs.filter((paragraph) => paragraph.length > 0).map((paragraph) => paragraph.join("\n"));
}

/** GitLab quotes several lines between two lines of `>>>`. A last one without a partner is nothing special. */
function quotedBlocks(lines: string[]): Set<number> {
  const quoted = new Set<number>();
  const marks = lines.flatMap((line, index) => (line.trimEnd() === ">>>" ? [index] : []));
  for (let pair = 0; pair + 1 < marks.length; pair += 2) {
    for (let index = marks[pair] ?? 0; index <= (marks[pair + 1] ?? -1); index += 1) quoted.add(index);
  }
  return quoted;
}

function visibleText(line: string, state: BlockState): string {
  if (state.comment) return afterComment(line, state);
  if (state.fence !== null) {
    if (closesFence(line, state.fence)) state.fence = null;
    state.afterBlank = true;
    return "";
  }
  if (line.trim() === "") {
    state.afterBlank = true;
    return "";
  }
  if (isQuote(line)) return "";
  state.fence = opensFence(line);
  if (state.fence !== null || isIndentedCode(line, state)) return "";
  state.afterBlank = false;
  return withoutComments(line, state);
}

function isQuote(line: string): boolean {
  return /^ {0,3}>/.test(line);
}

function opensFence(line: string): BlockState["fence"] {
  const fence = /^\s*(?:[-*+]\s+|\d{1,9}[.)]\s+)?(`{3,}|~{3,})(.*)$/.exec(line);
  const run = fence?.[1];
  // A line like "```x```" is a code span.
  if (run === undefined || (run.startsWith("`") && fence?.[2]?.includes("`") === true)) return null;
  return { mark: run.charAt(0), length: run.length };
}

function closesFence(line: string, fence: { mark: string; length: number }): boolean {
  const text = line.trim();
  return text.length >= fence.length && text === fence.mark.repeat(text.length);
}

/** Only after a blank line: further down in a paragraph indentation means nothing. */
function isIndentedCode(line: string, state: BlockState): boolean {
  const indent = indentOf(line);
  const item = /^\s*(?:[-*+]|\d{1,9}[.)])\s+/.exec(line);
  if (state.afterBlank && indent >= state.listIndent + 4) return true;
  if (item !== null) state.listIndent = item[0].length;
  else if (indent === 0 && state.afterBlank) state.listIndent = 0;
  return false;
}

function indentOf(line: string): number {
  let width = 0;
  for (const letter of line) {
    if (letter === " ") width += 1;
    else if (letter === "\t") width += 4 - (width % 4);
    else break;
  }
  return width;
}

function afterComment(line: string, state: BlockState): string {
  const end = line.indexOf("-->");
  if (end < 0) return "";
  state.comment = false;
  return withoutComments(line.slice(end + 3), state);
}

function withoutComments(line: string, state: BlockState): string {
  if (!line.includes("<!--")) return line;
  // A comment's opening that is shown as code opens nothing, and the two texts have the same length.
  const codeless = blankCodeSpans(line);
  let text = "";
  let from = 0;
  for (;;) {
    const start = codeless.indexOf("<!--", from);
    if (start < 0) return text + line.slice(from);
    text += `${line.slice(from, start)} `;
    const end = line.indexOf("-->", start + 4);
    if (end < 0) {
      state.comment = true;
      return text;
    }
    from = end + 3;
  }
}

/** A run of backticks is closed by the next run of the same length; all in between is code. */
function blankCodeSpans(text: string): string {
  if (!text.includes("`")) return text;
  const runs = [...text.matchAll(/`+/g)].map((run) => ({ start: run.index, length: run[0].length }));
  const closers = new Array<number | undefined>(runs.length);
  const nextOfLength = new Map<number, number>();
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const length = runs[index]?.length ?? 0;
    closers[index] = nextOfLength.get(length);
    nextOfLength.set(length, index);
  }
  let result = "";
  let from = 0;
  for (let index = 0; index < runs.length; index += 1) {
    const opener = runs[index];
    const closer = runs[closers[index] ?? -1];
    if (opener === undefined || closer === undefined) continue;
    const end = closer.start + closer.length;
    result += text.slice(from, opener.start) + "`".repeat(end - opener.start);
    from = end;
    index = closers[index] ?? index;
  }
  return result + text.slice(from);
}

function blankUrls(text: string): string {
  return text.replace(/\b(?:https?:\/\/|ssh:\/\/|mailto:|www\.)[^\s<>)\]]*/gi, " ");
}

/**
 * Logins of both platforms: letters, digits, `-`, `_` and `.`; a slash leads to a team or subgroup. Punctuation and emphasis
 * at the end belong to the sentence.
 */
function* namesIn(text: string): Generator<string> {
  for (const match of text.matchAll(
    /@([\p{L}\p{N}_][\p{L}\p{N}_.-]*(?:\/[\p{L}\p{N}_][\p{L}\p{N}_.-]*)*)/gu,
  )) {
    const written = match[1] ?? "";
    const end = match.index + match[0].length;
    if (!mayPrecede(text, match.index) || text[end] === "@") continue;
    const name = written.replace(/[._-]{1,8}$/, "");
    if (name !== "" && name.length <= 255) yield name;
  }
}

/** `ann@example.com`, `x/@ann` and `\@ann` mention nobody; `_@ann_` does. */
function mayPrecede(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && at - before <= 4 && text[before] === "_") before -= 1;
  const letter = before < 0 ? " " : text.charAt(before);
  return !/[\p{L}\p{N}_.@/\\`+%=&-]/u.test(letter);
}
