import { CliError, exitCode } from "./exit-code.js";

/** A whole number from 1 on, as a person wrote it. */
export function toCount(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CliError(exitCode.usage, `“${text}” is not a whole number from 1 on`);
}
