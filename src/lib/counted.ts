/** `1 connection`, `2 connections`: in English, for the terminal. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
