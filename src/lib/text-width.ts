const isMark = /^[\p{Mark}\p{Cf}]$/u;
const isWide =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60])$/u;

/** Columns that a text takes on a terminal: two for East Asian letters and emoji, none for marks and joiners. */
export function textWidth(text: string): number {
  let columns = 0;
  for (const letter of text) {
    if (!isMark.test(letter)) columns += isWide.test(letter) ? 2 : 1;
  }
  return columns;
}
