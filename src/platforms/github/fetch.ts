import type { HttpClient } from "../../lib/http.js";

/** The little of `fetch` that Octokit uses, over the daemon's one way out. */
export function createFetch(http: HttpClient): (url: string, init: FetchInit) => Promise<Response> {
  return async (url, init) => {
    const answer = await http.request({
      method: init.method,
      url,
      headers: init.headers,
      ...(init.body === undefined ? {} : { body: init.body }),
      ...(init.signal === undefined ? {} : { signal: init.signal }),
      redirect: init.redirect === "manual" ? "manual" : "follow",
    });
    const bodiless = [204, 205, 304].includes(answer.status) || answer.body.length === 0;
    const response = new Response(bodiless ? null : Buffer.from(answer.body), {
      status: answer.status,
      headers: answer.headers,
    });
    // A made Response has no address; Octokit passes on where the answer came from.
    Object.defineProperty(response, "url", { value: answer.url });
    return response;
  };
}

interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  redirect?: string;
}
