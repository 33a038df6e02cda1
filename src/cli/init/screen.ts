import { Writable } from "node:stream";

/** Whether the terminal can show more than ASCII, from what POSIX and the usual Windows terminals say. */
export function hasUnicode(platform: NodeJS.Platform, env: Record<string, string | undefined>): boolean {
  if (env["TERM"] === "linux" || env["TERM"] === "dumb") return false;
  if (platform === "win32") return Boolean(env["WT_SESSION"] || env["TERM_PROGRAM"] || env["ConEmuTask"]);
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return /utf-?8/i.test(locale);
}

/** What stands for the letters that the wizard draws with where there is only ASCII. */
const plain: Readonly<Record<string, string>> = {
  "│": "|", "┌": "+", "└": "+", "├": "+", "╮": "+", "╯": "+", "╭": "+", "╰": "+", "─": "-", "┐": "+", "┘": "+",
  "◆": "*", "◇": "o", "■": "x", "▲": "!", "●": ">", "○": " ", "◻": "[ ]", "◼": "[x]", "▪": "*", "•": "-", "█": "_",
  "…": "...", "—": "-", "–": "-", "“": '"', "”": '"', "’": "'", "→": "->", "↑": "up", "↓": "down", "×": "x", "✓": "v",
}; // prettier-ignore

/** Letters of other languages stay: a name is better shown wrongly than not at all. */
export function toAscii(text: string): string {
  return text.replace(/[\u2010-\u27bf]/gu, (letter) => plain[letter] ?? "?");
}

/** The terminal, or the terminal behind a translation into ASCII. */
export function toScreen(output: Writable, unicode: boolean): Writable {
  if (unicode) return output;
  const screen = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      output.write(toAscii(typeof chunk === "string" ? chunk : chunk.toString("utf8")));
      done();
    },
  });
  const size = (name: "columns" | "rows" | "isTTY") => ({ get: (): unknown => Reflect.get(output, name) });
  Object.defineProperties(screen, { columns: size("columns"), rows: size("rows"), isTTY: size("isTTY") });
  output.on("resize", () => screen.emit("resize"));
  return screen;
}

/** Lines of at most `width` letters, broken at spaces; a longer word (an address) stays whole. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => {
    const lines: string[] = [];
    let current = "";
    for (const word of line.split(" ")) {
      const next = current === "" ? word : `${current} ${word}`;
      if ([...next].length > width && current !== "") {
        lines.push(current);
        current = word;
      } else current = next;
    }
    return [...lines, current];
  });
}
