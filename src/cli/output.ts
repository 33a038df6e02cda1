import { styleText } from "node:util";
import type { CliContext } from "./context.js";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** How a command prints. Data goes to stdout, everything else to stderr. */
export interface Output {
  /** Whether --json was given. */
  json: boolean;
  /** One line of data. */
  line(text?: string): void;
  /** One line for the person who waits: a warning, a question, what was done. */
  note(text: string): void;
  /** `data` as JSON with --json; otherwise what `asText` prints. */
  data(data: unknown, asText: () => void | Promise<void>): Promise<void>;
  /** On a terminal a table, or blocks of `name: value` where it is too narrow; elsewhere one row a line with tabs between, without the header, for `cut` and `awk`. */
  table(header: readonly string[], rows: ReadonlyArray<readonly string[]>): Promise<void>;
  style(style: Style, text: string): string;
}

export function createOutput(context: CliContext): Output {
  const { io } = context;
  const { json = false } = context.globals();
  const coloured = hasColour(context);
  const line = (text = "") => void io.stdout.write(`${text}\n`);
  const style = (name: Style, text: string) =>
    coloured ? styleText(name, text, { validateStream: false }) : text;
  return {
    json,
    line,
    note: (text) => void io.stderr.write(`${text}\n`),
    style,
    async data(data, asText) {
      if (json) line(JSON.stringify(data, null, 2));
      else await asText();
    },
    async table(header, rows) {
      if (!io.isTTY) return rows.forEach((row) => line(row.map(toCell).join("\t")));
      const { layOutTable } = await import("./table.js");
      const title = (text: string) => style("bold", text);
      const cells = rows.map((row) => row.map(toCell));
      layOutTable(header, cells, { width: io.columns || usualWidth, title }).forEach(line);
    },
  };
}

/** Of a terminal that does not say. */
const usualWidth = 80;

/** NO_COLOR (no-color.org): set and not empty means none, whatever it says. */
export function hasColour(context: CliContext): boolean {
  const { env, io } = context;
  if (!context.globals().color || env["NO_COLOR"]) return false;
  return env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0"
    ? true
    : io.isTTY && env["TERM"] !== "dumb";
}

/** What others wrote must not move the cursor, break the row or colour the terminal. */
export function toCell(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
