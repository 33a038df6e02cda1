import type { LackCode } from "../../domain/lack.js";
import { type Failure, isFailure, toTold } from "../../domain/failure.js";
import { sayFailure } from "../../i18n/failures.js";
import { createTranslator } from "../../i18n/index.js";
import { sayLack } from "../../i18n/lacks.js";
import type { Say } from "../../i18n/wizard.js";
import type { HttpError } from "../../lib/http.js";
import { publicApiRoot } from "./config-text.js";
import type { TelegramWay } from "./draft.js";
import { SecretStoreError } from "../../secrets/secret-store.js";

/**
 * What went wrong, in the reader's language. What to do about the way to a server differs from what the error itself advises: that is
 * for whoever edits config.yaml, and here the wizard asks.
 */
export function describeTrouble(say: Say, error: Failure | HttpError | SecretStoreError): string {
  if (error instanceof SecretStoreError) return describeStoreError(say, error);
  const { code = "", detail = "" } = error;
  const { reason, remedy } = sayFailure(say, isFailure(error) ? toTold(error) : fromHttp(error));
  const ofWay = say.known(`advice.${code}.${detail}`) ?? say.known(`advice.${code}`);
  const advice = ofWay ?? (waysOwn.has(code) ? "" : remedy);
  return advice === "" ? reason : `${reason} ${advice}`;
}

/** Telegram's own address is one that nobody typed: there is nothing to spell right. */
export function describeBotTrouble(say: Say, failure: Failure, { apiRoot, proxy }: TelegramWay): string {
  const isDefault = apiRoot === publicApiRoot;
  const isNameless = failure.code === "dns" && isDefault && proxy === undefined;
  return isNameless ? say("bot.unreachable") : describeTrouble(say, failure);
}

/** Codes of the way to a server; for those without advice of ours the next question is the advice. */
const waysOwn = new Set<string>(["dns", "refused", "timeout", "tls", "proxy", "reset", "address", "scheme", "redirect", "too_large", "network"]); // prettier-ignore

function fromHttp({ code, detail, message, remedy, host }: HttpError) {
  return { kind: "unreachable" as const, code, detail, values: { server: host }, message, remedy };
}

/** The stores speak English and know best what to do on this very machine; in another language there is a sentence for each code. */
export function describeStoreError(
  say: Say,
  { code, message, remedy: advice }: { code?: string | undefined; message: string; remedy: string },
): string {
  const told = {
    kind: "rejected" as const,
    code: "secret",
    detail: code,
    values: {},
    message,
    remedy: advice,
  };
  const { reason, remedy } = sayFailure(say, told);
  return `${reason} ${remedy}`.trimEnd();
}

/** What a token leaves out, and what to do about it. */
export function describeLack({ language }: Say, lack: LackCode): string {
  return sayLack(createTranslator(language), lack);
}
