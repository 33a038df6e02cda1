import type { Platform } from "../../platforms/platform.js";

/** Quotes, spaces and the name of the variable often come along when a token is copied. */
export function cleanToken(text: string): string {
  return text
    .trim()
    .replace(/^(export\s+)?[A-Z_]{3,}=/, "")
    .replace(/^(bearer|token)\s+/i, "")
    .replace(/^["'`“”‘’<]+|["'`“”‘’>]+$/g, "")
    .trim();
}

const botToken = /^\d{5,}:[\w-]{20,}$/;

/** A sentence when this cannot be a token of `platform`; nothing is asked of any server for it. */
export function findTokenProblem(
  text: string,
  platform: Platform,
  platforms: readonly Platform[],
): string | undefined {
  const token = cleanToken(text);
  const broken = findBreak(token);
  if (broken !== undefined) return broken;
  if (botToken.test(token))
    return `This is the token of a Telegram bot. Paste the ${platform.label} token here; the bot comes later.`;
  const verdict = platform.setup?.judgeToken(token) ?? null;
  if (verdict?.usable === false) return verdict.why;
  if (verdict !== null) return undefined;
  const owner = platforms.find((other) => other.id !== platform.id && other.setup?.judgeToken(token));
  if (owner !== undefined)
    return `This is a ${owner.label} token. Here the one of ${platform.label} is asked for.`;
  return token.length < 16
    ? `This is too short for a ${platform.label} token. Copy all of it, from the first letter on.`
    : undefined;
}

export function findBotTokenProblem(text: string, platforms: readonly Platform[]): string | undefined {
  const token = cleanToken(text);
  const broken = findBreak(token);
  if (broken !== undefined) return broken;
  if (botToken.test(token)) return undefined;
  const owner = platforms.find((platform) => platform.setup?.judgeToken(token));
  if (owner !== undefined)
    return `This is a ${owner.label} token. Here the one that @BotFather gave you is asked for.`;
  if (/^@?\w+bot$/i.test(token))
    return "This is the name of a bot. Its token has a number, a colon and 35 letters: 123456:ABC…";
  return "This does not look like a bot token: a number, a colon and 35 letters, like 123456:ABC…";
}

function findBreak(token: string): string | undefined {
  if (token === "") return "Nothing was pasted. In most terminals Ctrl-Shift-V or a right click pastes.";
  if (/\s/.test(token)) return "A token has no spaces or line breaks inside. Copy the token alone.";
  if (/[^\x21-\x7e]/.test(token))
    return "There is a letter in it that no token has. Copy it once more from the page.";
  if (/^https?:/i.test(token)) return "This is an address. Paste the token that the page shows.";
  return undefined;
}
