import type { Say } from "../../i18n/wizard.js";
import type { Platform } from "../../platforms/platform.js";
import { readTokenText, type TokenFault } from "../../secrets/token-text.js";

/** Of a text in which no problem was found. */
export function cleanToken(text: string): string {
  const read = readTokenText(text);
  return "token" in read ? read.token : "";
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
  const own = { platform: platform.label };
  const read = readTokenText(text);
  if ("fault" in read) return sayFault(read.fault, say);
  const { token } = read;
  if (isAddress(token)) return say("token.is.address");
  if (botToken.test(token)) return say("token.is.bot", own);
  const verdict = platform.setup?.judgeToken(token) ?? null;
  if (verdict?.usable === false) return say.known(`unusable.${platform.id}.${verdict.why}`) ?? verdict.why;
  const owner =
    verdict === null
      ? platforms.find((other) => other.id !== platform.id && other.setup?.judgeToken(token))
      : undefined;
  if (owner !== undefined) return say("token.is.other", { ...own, found: owner.label });
  return token.length < 16 ? say("token.is.short", own) : undefined;
}

export function findBotTokenProblem(text: string, { platforms, say }: Known): string | undefined {
  const read = readTokenText(text);
  if ("fault" in read) return sayFault(read.fault, say);
  const { token } = read;
  if (isAddress(token)) return say("token.is.address");
  if (botToken.test(token)) return undefined;
  const owner = platforms.find((platform) => platform.setup?.judgeToken(token));
  if (owner !== undefined) return say("token.is.otherForBot", { found: owner.label });
  return say(/^@?\w+bot$/i.test(token) ? "token.is.name" : "token.is.noBot");
}

function sayFault(fault: TokenFault, say: Say): string {
  return say(`token.is.${fault}`);
}

function isAddress(token: string): boolean {
  return /^https?:/i.test(token);
}
