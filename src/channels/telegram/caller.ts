import type * as Telegram from "node-telegram-bot-api";
import type { Api } from "node-telegram-bot-api";
import { Failure } from "../../domain/failure.js";
import { HttpError, toText, type HttpClient, type HttpResponse } from "../../lib/http.js";
import type { TelegramApiOptions } from "./client.js";
import { fromHttpError, fromNonsense, fromRefusal, fromServerError, type CallContext } from "./failure.js";

export interface Call<T> {
  method: string;
  chat?: string;
  /** Default true. */
  repeatable?: boolean;
  signal: AbortSignal | undefined;
  run(api: Api): Promise<unknown>;
  /** Throws when the result is not what the Bot API documents. */
  read(result: unknown): T;
}

export type Caller = <T>(call: Call<T>) => Promise<T>;

type Library = typeof Telegram;

const normalTimeoutMs = 10_000;
/** On top of the long poll's own wait. */
const pollMarginMs = 10_000;

/** Runs calls of node-telegram-bot-api (loaded at the first one) over our HTTP client and turns what they throw into failures. */
export function createCaller(options: TelegramApiOptions): Caller {
  const host = new URL(options.apiRoot).host;
  let current: { token: string; api: Api } | undefined;
  const toApi = async (library: Library) => {
    const token = (await options.token()).trim();
    if (!/^\d+:[\w-]+$/.test(token)) {
      // A token of another shape would go into the path as it is, and Telegram would only say 404.
      throw new Failure("unauthorized", {
        message: "The Telegram bot token does not look like one (123456:ABC…).",
        remedy: "Copy the whole token from @BotFather and store it as the secret `telegram`.",
      });
    }
    if (current?.token !== token) {
      const fetch = toFetch(options.http);
      const { apiRoot } = options;
      current = { token, api: new library.Api(token, { apiRoot, fetch, maxRetries: 0, timeoutMs: 0 }) };
    }
    return current;
  };
  return async (call) => {
    const library = await import("node-telegram-bot-api");
    const { api, token } = await toApi(library);
    call.signal?.throwIfAborted();
    const context = (): CallContext => ({
      method: call.method,
      host,
      now: options.clock.now(),
      repeatable: call.repeatable ?? true,
      ...(call.chat === undefined ? {} : { chat: call.chat }),
    });
    let result: unknown;
    try {
      result = await call.run(api);
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      throw toFailure(library, error, { context: context(), token });
    }
    try {
      return call.read(result);
    } catch {
      throw fromNonsense(true, context());
    }
  };
}

/** Nothing of the library's errors is kept but what is copied here: descriptions lose the token if a server echoes it. */
function toFailure(
  library: Library,
  error: unknown,
  { context, token }: { context: CallContext; token: string },
): Failure {
  if (error instanceof library.TelegramApiError) {
    // `{"ok":false}` of something that is no Bot API server has no number in it.
    if (typeof error.errorCode !== "number") return fromNonsense(true, context);
    const refusal = {
      status: error.errorCode,
      description: String(error.description).replaceAll(token, "<token>").slice(0, 300),
      retryAfterS: error.retryAfter,
      migrateTo: error.migrateToChatId,
    };
    return fromRefusal(refusal, context);
  }
  if (error instanceof library.ParseError) {
    // A page of a proxy or a portal never reached Telegram; an empty or cut answer may be Telegram's own.
    const isPage = /^\s*</.test(error.responseText ?? "");
    return fromNonsense(!isPage, context);
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const http = [error, cause].find((candidate) => candidate instanceof HttpError);
  if (http !== undefined) return fromHttpError(http, context);
  // A defect of ours on the way must not be told as one of Telegram's.
  if (cause instanceof TypeError) throw cause;
  if (error instanceof library.TimeoutError)
    return fromHttpError(new HttpError("timeout", { message: "", host: context.host, sent: true }), context);
  if (error instanceof library.NetworkError) return fromServerError(context);
  return fromNonsense(true, context);
}

/** The library's `fetch` over our client: POST with a form, answer as text. */
function toFetch(http: HttpClient): typeof fetch {
  return async (input, init) => {
    const body = init?.body instanceof URLSearchParams ? init.body : new URLSearchParams();
    const wait = Number(body.get("timeout") ?? 0);
    const response = await http.request({
      method: "POST",
      url: typeof input === "string" || input instanceof URL ? String(input) : input.url,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: body.toString(),
      timeoutMs: wait > 0 ? wait * 1000 + pollMarginMs : normalTimeoutMs,
      redirect: "manual",
      ...(init?.signal == null ? {} : { signal: init.signal }),
    });
    if (response.status >= 300 && response.status < 400) {
      // The Bot API redirects nowhere: this is a portal or a wrong address, and the call did not arrive.
      const { host } = new URL(response.url);
      throw new HttpError("redirect", { message: `${host} redirects`, host, sent: false });
    }
    return toAnswer(response);
  };
}

/** All that the library reads. A real `Response` would load the whole of Node's own fetch: 10 MB, and time at every start. */
function toAnswer(response: HttpResponse): Response {
  const answer: Pick<Response, "status" | "text"> = {
    status: response.status,
    text: () => Promise.resolve(toText(response)),
  };
  return answer as Response;
}
