/**
 * The words of the command line as one text, as a person would write it in the chat. The shell has taken the quotes away:
 * `label:"good first issue"` comes as one word with spaces in it, which needs its quotes back.
 */
export function toWords(parts: readonly string[]): string {
  return parts.map(toWord).join(" ");
}

const term = /^([-+]?[a-z]+:)([^"]*\s[^"]*)$/is;

function toWord(part: string): string {
  const [, key, value = ""] = term.exec(part) ?? [];
  // Several terms in one pair of the shell's quotes are several terms.
  const isOneTerm = key !== undefined && !/\s[-+]?[a-z]+:/i.test(value);
  return isOneTerm ? `${key}"${value}"` : part;
}

/** The words with a line below that points at the one that was not understood. */
export function pointAt(words: string, word: string | undefined): string[] {
  const start = word === undefined || word === "" ? -1 : words.indexOf(word);
  if (start < 0 || word === undefined) return [];
  return [`  ${words}`, `  ${" ".repeat(start)}${"^".repeat(word.length)}`];
}
