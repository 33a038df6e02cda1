/** One word of a Windows command line, as the C library and Node take it apart: backslashes count only before a quote. */
export function quoteWindows(word: string): string {
  if (word !== "" && !/[\s"]/.test(word)) return word;
  const escaped = word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1");
  return `"${escaped}"`;
}
