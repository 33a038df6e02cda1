/** More than anybody reads, so that a hostile text cannot make an endless list. */
const mostMentions = 200;

/** How a platform reads an `@`. It is data of the adapter, for the platforms differ in who can be called what. */
export interface MentionGrammar {
  /** Sticky expressions for what follows the `@`, tried in turn; the first group is the name. */
  names: readonly RegExp[];
  /** A backslash before the `@` takes its meaning away. Otherwise Markdown drops the backslash and the name is read. */
  backslashHides: boolean;
  /** Names that mean every member of a project, in lower case. */
  everyone: readonly string[];
}

/**
 * Whom a text mentions, each once, in order and as written, without the `@`: `ann`, `org/team`, `group/sub/team`. What is
 * code, a link, a quotation, an HTML comment, an e-mail or a web address mentions nobody. Takes time in proportion to the text.
 */
export function findMentions(markdown: string, grammar: MentionGrammar): string[] {
  if (!markdown.includes("@")) return [];
  const found = new Map<string, string>();
  const paragraphs = toParagraphs(markdown).map(blankCodeSpans).join("\n\n");
  for (const paragraph of blankElements(blankLinks(paragraphs)).split("\n\n")) {
    if (!paragraph.includes("@")) continue;
    for (const name of namesIn(blankAddresses(paragraph), grammar)) {
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

function blankAddresses(text: string): string {
  return text
    .replace(/\b(?:https?:\/\/|ssh:\/\/|mailto:|www\.)[^\s<>)\]]*/gi, " ")
    .replace(/(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, " ");
}

/** The text of a link leads where the link leads. `[text](address)`, and `[text][label]` where the label is defined. */
function blankLinks(text: string): string {
  const labels = new Set(
    [...text.matchAll(/^ {0,3}\[([^[\]\n]{1,200})\]:[ \t]*\S/gm)].map((match) => match[1]?.toLowerCase()),
  );
  return text
    .replace(/\[[^[\]]{0,2000}\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)/g, " ")
    .replace(/\[([^[\]]{0,2000})\](?:\[([^[\]]{0,200})\])?/g, (whole, words: string, label?: string) =>
      labels.has((label || words).toLowerCase()) ? " " : whole,
    );
}

/** Both platforms look for nobody in these elements. */
const silentElements = /<(\/?)(pre|code|a|style|script|blockquote)(?=[\s/>])[^<>]*>/gi;

/** Takes out silent elements with what is in them, and the tags of all others. */
function blankElements(text: string): string {
  if (!text.includes("<")) return text;
  let kept = "";
  let from = 0;
  let open: { name: string; end: number } | null = null;
  for (const tag of text.matchAll(silentElements)) {
    const name = (tag[2] ?? "").toLowerCase();
    if (open !== null && open.end < tag.index) {
      from = open.end;
      open = null;
    }
    if (open === null && tag[1] === "" && !tag[0].endsWith("/>")) {
      kept += `${text.slice(from, tag.index)} `;
      open = { name, end: endWithoutTag(text, name, tag.index) };
    } else if (open?.name === name && tag[1] === "/") {
      open = null;
      from = tag.index + tag[0].length;
    }
  }
  kept += text.slice(open?.end ?? from);
  return kept.replace(/<\/?[a-z][^<>]*>/gi, " ");
}

/** An element that is never closed reaches to the end of its paragraph, or of the text where paragraphs do not count. */
function endWithoutTag(text: string, element: string, from: number): number {
  const end = element === "a" || element === "code" ? text.indexOf("\n\n", from) : -1;
  return end < 0 ? text.length : end;
}

function* namesIn(text: string, grammar: MentionGrammar): Generator<string> {
  const emphasis = text.search(/(?<!\w)_{1,3}[^\s_]/);
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    if (!mayPrecede(text, at, grammar)) continue;
    const name = nameAt(text, at + 1, { grammar, emphasised: emphasis >= 0 && emphasis < at });
    if (name !== undefined) yield name;
  }
}

/** Inside emphasis with underscores (`_@ann_`) the last ones belong to the sentence. */
function nameAt(
  text: string,
  at: number,
  { grammar, emphasised }: { grammar: MentionGrammar; emphasised: boolean },
): string | undefined {
  const word = emphasised ? /[\w./-]{0,300}/y : undefined;
  if (word !== undefined) word.lastIndex = at;
  const written = word?.exec(text)?.[0] ?? "";
  const marks = /_{1,3}[./-]{0,8}$/.exec(written);
  const end = marks === null ? undefined : at + marks.index;
  const read = end === undefined ? text : text.slice(at, end);
  for (const pattern of grammar.names) {
    pattern.lastIndex = end === undefined ? at : 0;
    const name = pattern.exec(read)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

/** `ann@example` mentions nobody, `님@ann` and `_@ann_` do: to both platforms a word is made of Latin letters, digits and `_`. */
function mayPrecede(text: string, at: number, grammar: MentionGrammar): boolean {
  let before = at - 1;
  while (before >= 0 && at - before <= 3 && text[before] === "_") before -= 1;
  const letter = before < 0 ? " " : text.charAt(before);
  if (letter === "\\" && grammar.backslashHides) return false;
  return !/\w/.test(letter);
}
