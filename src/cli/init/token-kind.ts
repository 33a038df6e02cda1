import type { Say } from "../../i18n/wizard.js";
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

interface Known {
  platforms: readonly Platform[];
  say: Say;
}

/** A sentence when this cannot be a token of `platform`; nothing is asked of any server for it. */
export function findTokenProblem(
  text: string,
  platform: Platform,
  { platforms, say }: Known,
): string | undefined {
  const token = cleanToken(text);
  const own = { platform: platform.label };
  const broken = findBreak(token, say);
  if (broken !== undefined) return broken;
  if (botToken.test(token)) return say("token.is.bot", own);
  const verdict = platform.setup?.judgeToken(token) ?? null;
  if (verdict?.usable === false) return say.known(`unusable.${platform.id}.${verdict.why}`) ?? verdict.why;
  if (verdict !== null) return undefined;
  const owner = platforms.find((other) => other.id !== platform.id && other.setup?.judgeToken(token));
  if (owner !== undefined) return say("token.is.other", { ...own, found: owner.label });
  return token.length < 16 ? say("token.is.short", own) : undefined;
}

export function findBotTokenProblem(text: string, { platforms, say }: Known): string | undefined {
  const token = cleanToken(text);
  const broken = findBreak(token, say);
  if (broken !== undefined) return broken;
  if (botToken.test(token)) return undefined;
  const owner = platforms.find((platform) => platform.setup?.judgeToken(token));
  if (owner !== undefined) return say("token.is.otherForBot", { found: owner.label });
  return say(/^@?\w+bot$/i.test(token) ? "token.is.name" : "token.is.noBot");
}

function findBreak(token: string, say: Say): string | undefined {
  if (token === "") return say("token.is.empty");
  if (/\s/.test(token)) return say("token.is.spaces");
  if (/[^\x21-\x7e]/.test(token)) return say("token.is.strange");
  if (/^https?:/i.test(token)) return say("token.is.address");
  return undefined;
}
