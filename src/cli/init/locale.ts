import type { Language } from "../../i18n/index.js";

/** The language that this machine seems to speak: POSIX says it in variables, Windows and macOS know it themselves. */
export function guessLanguage(env: Record<string, string | undefined>, platform: NodeJS.Platform): Language {
  const posix = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"];
  const knows = platform === "win32" || platform === "darwin";
  return toLanguage(posix || (knows ? new Intl.DateTimeFormat().resolvedOptions().locale : ""));
}

/** `ru`, `ru_RU.UTF-8`, `ru-RU` */
function toLanguage(locale: string): Language {
  return /^ru(?![a-z])/i.test(locale) ? "ru" : "en";
}
