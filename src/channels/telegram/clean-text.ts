/** What makes text lie about itself: direction overrides and marks, soft hyphens, characters without width, tags. Emoji need the two exceptions. */
const invisible = /(?!\p{Variation_Selector}|\u200d)\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu;
/** A joiner is kept only between the parts of one emoji. */
const looseJoiner =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;
const control = /\p{Cc}/gu;

/**
 * Anybody's text without the characters that deceive or break: control characters (a tab becomes a space, line ends become
 * `\n`), direction overrides, zero-width characters, halves of surrogate pairs. What is visible stays.
 */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replaceAll("\t", " ")
    .replace(control, (character) => (character === "\n" ? "\n" : ""))
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(invisible, "")
    .replace(looseJoiner, "");
}

const wordJoiner = "\u2060";

/**
 * Breaks up what Telegram would make tappable: `@name`, which there is another person than on the platform, and with `all`
 * also `/command`, `#tag` and `$TICKER`. Plain text keeps its commands: it is how the daemon itself speaks, and a bare command of somebody
 * else's asks for its target before it does anything.
 */
export function defuse(text: string, what: "mentions" | "all"): string {
  const withoutMentions = text.replace(/(?<![\p{L}\p{N}_/])@(?=[\p{L}\p{N}_])/gu, `@${wordJoiner}`);
  if (what === "mentions") return withoutMentions;
  return withoutMentions
    .replace(/(?<![\p{L}\p{N}_/<>])\/(?=[A-Za-z0-9_])/gu, `/${wordJoiner}`)
    .replace(/(?<![^\s(])([#$])(?=\p{L})/gu, `$1${wordJoiner}`);
}

/**
 * Breaks up what Telegram would take for the name of a host and make a link of: `README.md`, `main.rs` and `build.sh` end in country
 * codes. A whole web address stays one. Inside a link of ours, and in code, Telegram looks for none; plain text is the daemon's own.
 */
export function breakHosts(text: string): string {
  return text.replace(/\S+/g, (word) =>
    word.includes("://") ? word : word.replace(/(?<=[\p{L}\p{N}_-])\.(?=\p{L}{2})/gu, `.${wordJoiner}`),
  );
}

const maxUrlLength = 2000;

/** A web address in its normal form, or null: other schemes, and names before an `@` that pose as the host. */
export function cleanUrl(url: string): string | null {
  if (url.length > maxUrlLength || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  const isWeb = parsed.protocol === "https:" || parsed.protocol === "http:";
  return isWeb && parsed.username === "" && parsed.password === "" ? parsed.href : null;
}
