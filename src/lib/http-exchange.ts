import type { Dispatcher } from "undici";
import { BodyTooLarge, createBodySink, isPlain, type BodySink } from "./http-body.js";

/** One request on the wire, redirects not followed. */
export interface Exchange {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
  maxBytes: number;
  /** Its reason becomes the cause that `toError` gets. */
  signal: AbortSignal;
  toError(cause: unknown, sent: boolean): Error;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

type RawHeaders = Record<string, string | string[] | undefined>;

/**
 * undici's dispatch interface rather than its `request`: it alone tells when the request is put on a connection
 * (`onRequestStart`), which is the line between "nothing happened" and "it may have been carried out".
 */
export function exchange(dispatcher: Dispatcher, order: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { signal } = order;
    let controller: Dispatcher.DispatchController | undefined;
    let sink: BodySink | undefined;
    let over = false;

    const settle = () => {
      over = true;
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (cause: unknown) => {
      if (over) return;
      settle();
      sink?.destroy();
      const error = order.toError(cause, controller !== undefined);
      controller?.abort(error);
      reject(error);
    };
    const onAbort = () => fail(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        // Given up while the connection was being made: nothing may be written any more.
        if (over) return started.abort(new Error("given up"));
        controller = started;
      },
      onResponseStart(current, status, raw) {
        if (over || status < 200) return;
        const headers = toHeaders(raw);
        const encoding = headers["content-encoding"];
        if (isDeclaredTooLarge(order, headers)) return fail(new BodyTooLarge("declared body over the limit"));
        sink = createBodySink({
          encoding,
          maxBytes: order.maxBytes,
          isJson: isJson(order.headers["accept"], headers["content-type"]),
          onDrain: () => current.resume(),
          onDone: (body) => {
            if (over) return;
            settle();
            resolve({ status, headers: isPlain(encoding) ? headers : toInflated(headers, body), body });
          },
          onError: fail,
        });
      },
      onResponseData(current, chunk) {
        if (sink?.write(chunk) === false) current.pause();
      },
      onResponseEnd() {
        sink?.end();
      },
      onResponseError: (_current, error) => fail(error),
    };

    try {
      dispatcher.dispatch(toDispatch(order), handler);
    } catch (error) {
      fail(error);
    }
  });
}

function toDispatch(order: Exchange): Dispatcher.DispatchOptions {
  const { url, headers, body } = order;
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: order.method,
    headers,
    body:
      typeof body === "string"
        ? body
        : body === undefined
          ? null
          : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    // One timer in the client covers the whole request.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

function toHeaders(raw: RawHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

/** Who asks for nothing but JSON reads the answer as JSON, whatever the server calls it. */
function isJson(asked: string | undefined, answered: string | undefined): boolean {
  return asked === "application/json" || /\bjson\b/i.test(answered ?? "");
}

function isDeclaredTooLarge(order: Exchange, headers: Record<string, string>): boolean {
  return order.method !== "HEAD" && Number(headers["content-length"] ?? 0) > order.maxBytes;
}

/** Both headers describe the bytes on the wire, which the caller does not get. */
function toInflated(headers: Record<string, string>, body: Uint8Array): Record<string, string> {
  const { "content-length": length, ...rest } = headers;
  delete rest["content-encoding"];
  return length === undefined ? rest : { ...rest, "content-length": String(body.length) };
}
