import { HttpError, type HttpClient, type HttpRequest, type HttpResponse } from "../../src/lib/http.js";

/**
 * A small `HttpClient` over the built-in fetch for the tests of adapters: redirects within one origin only and answers of
 * at most ten megabytes, as the real one has it, and the same ways to fail.
 */
export function createPlainHttp(): HttpClient {
  return { request: (request) => send(request, 0), close: async () => {} };
}

async function send(request: HttpRequest, hops: number): Promise<HttpResponse> {
  const { host, origin } = new URL(request.url);
  const timeout = AbortSignal.timeout(request.timeoutMs ?? 10_000);
  const signal = request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]);
  let answer: Response;
  let body: Uint8Array;
  try {
    answer = await fetch(request.url, {
      method: request.method,
      headers: request.headers ?? {},
      body: request.body ?? null,
      signal,
      redirect: "manual",
    });
    body = new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    if (request.signal?.aborted) throw request.signal.reason;
    const refused = isRefused(error);
    const code = timeout.aborted ? "timeout" : refused ? "refused" : "network";
    throw new HttpError(code, { message: `${host} did not answer`, host, sent: !refused, cause: error });
  }
  if (body.length > (request.maxBytes ?? 10 * 1024 * 1024)) {
    throw new HttpError("too_large", { message: `${host} sends too much`, host, sent: true });
  }
  const location = answer.headers.get("location");
  if (answer.status >= 300 && answer.status < 400 && location !== null && request.redirect !== "manual") {
    const url = new URL(location, request.url);
    if (url.origin !== origin || hops >= 5) {
      throw new HttpError("redirect", { message: `${host} redirects elsewhere`, host, sent: true });
    }
    return send({ ...request, url: url.href }, hops + 1);
  }
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body, url: request.url };
}

/** Nobody listens there, so nothing was sent. Fetch hides the reason in its cause. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}
