import { Failure, type FailureDetails, type FailureKind } from "../../domain/failure.js";
import type { FailureCode } from "../../domain/failure-code.js";
import type { HttpError, HttpErrorCode } from "../../lib/http.js";

/** What a failed call was about, for the message and for the choice between `ambiguous` and `unreachable`. */
export interface CallContext {
  method: string;
  chat?: string;
  /** Host of the Bot API server. */
  host: string;
  /** Epoch milliseconds, for `retryAt`. */
  now: number;
  /** Repeating it would do it twice (sendMessage alone). */
  repeatable: boolean;
}

/** The server said no. Descriptions are those of tdlib/telegram-bot-api. */
export interface Refusal {
  status: number;
  description: string;
  retryAfterS?: number | undefined;
  migrateTo?: number | undefined;
}

type Verdict = { kind: FailureKind } & Partial<FailureDetails>;

/** First match counts. Codes: `chat`, `message`, `topic`, `entities`, `button`, `not_modified`, `too_long`, `query`. */
const badRequests: ReadonlyArray<[RegExp, Verdict]> = [
  [/message is not modified/i, { kind: "rejected", code: "not_modified" }],
  [/can't parse entities/i, { kind: "rejected", code: "entities" }],
  [/message is too long|MESSAGE_TOO_LONG/i, { kind: "rejected", code: "too_long" }],
  [/keyboard button|BUTTON_\w+_(INVALID|EMPTY|REQUIRED)|reply.?markup|wrong HTTP URL/i, { kind: "rejected", code: "button" }],
  [/upgraded to a supergroup/i, { kind: "gone", code: "chat" }],
  [/message thread not found|TOPIC_(CLOSED|DELETED)|topic (was )?(closed|deleted)/i, { kind: "gone", code: "topic" }],
  [/message to (edit|delete|react|be replied) not found|message can't be edited|MESSAGE_ID_INVALID/i, { kind: "gone", code: "message" }],
  [/query is too old|query ID is invalid|QUERY_ID_INVALID/i, { kind: "gone", code: "query" }],
  [/chat not found|PEER_ID_INVALID|user not found|group chat was (deleted|deactivated)|CHANNEL_PRIVATE|(bot|user) (was kicked|is deactivated)|USER_DEACTIVATED/i, { kind: "gone", code: "chat", remedy: "Open the chat with the bot (or add the bot to the group) and send /start." }],
  [/not enough rights|no rights to send|need administrator rights|USER_(RESTRICTED|BANNED_IN_CHANNEL)|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|CHAT_SEND_PLAIN_FORBIDDEN|CHAT_ADMIN_REQUIRED/i, { kind: "forbidden", code: "rights", remedy: "Allow the bot to write in this chat." }],
]; // prettier-ignore

const forbidden: ReadonlyArray<[RegExp, Verdict]> = [
  [/blocked by the user/i, { kind: "gone", code: "chat", remedy: "Unblock the bot in Telegram and send /start." }],
  [/deactivated|was kicked|not a member|was deleted|can't initiate conversation|can't send messages to/i, { kind: "gone", code: "chat", remedy: "Open the chat with the bot (or add the bot to the group) and send /start." }],
]; // prettier-ignore

/** Failure of a call that Telegram answered with `ok: false`. */
export function fromRefusal(refusal: Refusal, context: CallContext): Failure {
  const { kind, ...details } = judge(refusal, context);
  const where = context.chat === undefined ? "" : ` in chat ${context.chat}`;
  return new Failure(kind, {
    message: `Telegram refused ${context.method}${where}: ${refusal.description}`,
    values: { server: "Telegram", status: refusal.status, said: refusal.description },
    status: refusal.status,
    ...details,
  });
}

function judge(refusal: Refusal, context: CallContext): Verdict {
  const { status, description } = refusal;
  switch (status) {
    case 429:
      return { kind: "throttled", retryAt: toRetryAt(refusal.retryAfterS, context.now) };
    case 401:
      return {
        kind: "unauthorized",
        remedy: "Get a valid token from @BotFather and store it as the secret `telegram`.",
      };
    case 404:
      // An answer "method not found" comes from an older local Bot API server; any other 404 is a token of the wrong shape.
      if (/method not found/i.test(description)) return { kind: "rejected", code: "method" };
      return { kind: "unauthorized", remedy: "Check the bot token: Telegram does not know a bot by it." };
    case 409:
      return toConflict(description);
    case 403:
      return (
        find(forbidden, description) ?? {
          kind: "forbidden",
          code: "rights",
          remedy: "Allow the bot to write in this chat.",
        }
      );
    case 400: {
      const verdict = find(badRequests, description) ?? { kind: "rejected", code: "answered" };
      return refusal.migrateTo === undefined
        ? verdict
        : { kind: "gone", code: "chat", movedTo: String(refusal.migrateTo) };
    }
    default:
      return status >= 500 ? inDoubt(context, "server") : { kind: "rejected", code: "answered" };
  }
}

function find(table: ReadonlyArray<[RegExp, Verdict]>, description: string): Verdict | undefined {
  return table.find(([pattern]) => pattern.test(description))?.[1];
}

function toConflict(description: string): Verdict {
  if (/webhook/i.test(description))
    return { kind: "conflict", code: "webhook", remedy: "Delete the bot's webhook." };
  return {
    kind: "conflict",
    code: "other_poller",
    remedy: "Another program uses this bot's token. Stop it, or create a separate bot with @BotFather.",
  };
}

/** Telegram asks for 1 second up to hours; without a number a minute is a safe guess. */
function toRetryAt(seconds: number | undefined, now: number): string {
  const wait = seconds !== undefined && seconds > 0 && seconds < 1e8 ? seconds : 60;
  return new Date(now + wait * 1000).toISOString();
}

const neverSent: readonly HttpErrorCode[] = ["dns", "refused", "tls", "address", "scheme"];

/** Failure of a call without a usable HTTP answer. The error itself is not kept as a cause: it may hold the address with the token. */
export function fromHttpError(error: HttpError, context: CallContext): Failure {
  const sent = error.sent && !neverSent.includes(error.code);
  const { kind, code } = sent
    ? inDoubt(context, error.code)
    : { kind: "unreachable" as const, code: error.code };
  // These sentences are of our own client and name hosts alone, never a path.
  const why = error.message === "" ? `(${error.code}).` : `(${error.code}): ${error.message}`;
  const remedy = kind === "ambiguous" ? undefined : error.remedy;
  return new Failure(kind, {
    message: `${context.host} gave no answer to ${context.method} ${why}`,
    code,
    values: { server: context.host },
    detail: error.detail,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** Failure of a call whose answer is nothing that the Bot API says. `reached`: the Bot API itself may have carried it out. */
export function fromNonsense(reached: boolean, context: CallContext): Failure {
  const { kind, code } = reached
    ? inDoubt(context, "schema")
    : { kind: "unreachable" as const, code: "schema" as const };
  const message = `${context.host} answered ${context.method} with something that is not a Bot API answer.`;
  return new Failure(kind, {
    message,
    code,
    values: { server: context.host },
    remedy: "Check telegram.apiRoot and whether a proxy answers in its place.",
  });
}

/** Failure of a call that was answered with HTTP 5xx. */
export function fromServerError(context: CallContext): Failure {
  const { kind, code } = inDoubt(context, "server");
  const message = `${context.host} failed on its side at ${context.method}.`;
  return new Failure(kind, { message, code, values: { server: context.host, status: "5xx" } });
}

function inDoubt(
  context: CallContext,
  code: FailureCode,
): { kind: "ambiguous" | "unreachable"; code: FailureCode } {
  return { kind: context.repeatable ? "unreachable" : "ambiguous", code };
}
