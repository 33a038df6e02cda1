/** Deeper than any answer of GitHub, GitLab or Telegram. */
const maxDepth = 64;
/** A recursive tree of GitHub that fills the ten megabytes of an answer has 340,000. */
const maxElements = 400_000;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/**
 * Judges JSON while its bytes come in, before anything makes objects of it: ten megabytes of `0,0,0` become millions of values, and a
 * schema that refuses them one finding for each. Elements are what JSON separates by commas and what it opens.
 */
export function createJsonBounds(): { admits(chunk: Uint8Array): boolean } {
  let depth = 0;
  let elements = 0;
  let inString = false;
  let escaped = false;
  return {
    admits(chunk) {
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at]!;
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === backslash) escaped = true;
          else if (byte === quote) inString = false;
        } else if (byte === quote) inString = true;
        else if (byte === comma) elements += 1;
        else if (opens(byte)) {
          depth += 1;
          elements += 1;
        } else if (closes(byte)) depth -= 1;
        if (depth > maxDepth || elements > maxElements) return false;
      }
      return true;
    },
  };
}

/** `[` or `{` */
function opens(byte: number): boolean {
  return byte === 0x5b || byte === 0x7b;
}

function closes(byte: number): boolean {
  return byte === 0x5d || byte === 0x7d;
}
