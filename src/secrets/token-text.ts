/** What is wrong with a text that should be a token; never the text itself. */
export type TokenFault = "empty" | "spaces" | "strange";

export type TokenText = { token: string } | { fault: TokenFault };

/** Also what files and pages leave at the ends that nobody sees: byte order marks, zero-width spaces, NUL. */
const unseen = String.raw`[\s\0\u200b-\u200d\u2060\ufeff]`;
const ends = new RegExp(`^${unseen}+|${unseen}+$`, "g");

/** The token without what comes along where it is copied: line ends, quotation marks, the name of a variable or a header. */
export function readTokenText(text: string): TokenText {
  const token = strip(text);
  if (token === "") return { fault: "empty" };
  if (/\s/.test(token)) return { fault: "spaces" };
  return /[^\x21-\x7e]/.test(token) ? { fault: "strange" } : { token };
}

/** Again until nothing more comes off: the quotation marks may be around the word, or the word around them. */
function strip(text: string): string {
  const stripped = text
    .replace(ends, "")
    .replace(/^(export\s+)?[A-Z][A-Z0-9_]{2,}=(?=.)/, "")
    .replace(/^(authorization|private-token|job-token):/i, "")
    .replace(/^(bearer|token)\s+/i, "")
    .replace(/^["'`“”‘’<]+|["'`“”‘’>]+$/g, "");
  return stripped === text ? text : strip(stripped);
}
