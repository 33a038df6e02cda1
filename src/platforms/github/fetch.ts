import { type HttpClient, toText } from "../../lib/http.js";

/**
 * The little of `fetch` that Octokit uses, over the daemon's one way out. What it answers is no `Response` of Node's: touching that
 * name alone loads the whole of Node's own fetch, 10 MB and a tenth of the time that the daemon takes to start.
 */
export function createFetch(http: HttpClient): (url: string, init: FetchInit) => Promise<FetchAnswer> {
  return async (url, init) => {
    const answer = await http.request({
      method: init.method,
      url,
      headers: init.headers,
      ...(init.body === undefined ? {} : { body: init.body }),
      ...(init.signal === undefined ? {} : { signal: init.signal }),
      redirect: init.redirect === "manual" ? "manual" : "follow",
    });
    return {
      status: answer.status,
      // Octokit passes on where the answer came from.
      url: answer.url,
      headers: new Map(Object.entries(answer.headers)),
      text: () => Promise.resolve(toText(answer)),
      arrayBuffer: () => Promise.resolve(new Uint8Array(answer.body).buffer),
    };
  };
}

/** The part of `Response` that Octokit reads; the names of headers are in lower case. */
interface FetchAnswer {
  status: number;
  url: string;
  headers: ReadonlyMap<string, string>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  redirect?: string;
}
