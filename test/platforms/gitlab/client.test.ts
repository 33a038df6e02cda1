import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { isFailure } from "../../../src/domain/failure.js";
import { HttpError, type HttpClient, type HttpRequest, type HttpResponse } from "../../../src/lib/http.js";
import { createSessions, toApiRoot, type Session } from "../../../src/platforms/gitlab/client.js";
import { toConnection, toContext, token } from "./gitlab-world.js";

const now = Date.parse("2026-11-20T10:00:00.000Z");

interface Answering {
  session: Session;
  requests: HttpRequest[];
}

type Given = Partial<HttpResponse> & { text?: string };

/** A session against an `HttpClient` that gives one answer, or fails. */
function answer(given: Given | Error, url = "https://gitlab.example.com/gitlab"): Answering {
  const requests: HttpRequest[] = [];
  const http: HttpClient = {
    async request(request) {
      requests.push(request);
      if (given instanceof Error) throw given;
      const body = new TextEncoder().encode(given.text ?? "[]");
      const headers = { "content-type": "application/json", ...given.headers };
      return { status: given.status ?? 200, headers, body, url: request.url };
    },
    close: async () => {},
  };
  const context = { ...toContext({ now: () => now, sleep: async () => {} }), http };
  return { session: createSessions(toConnection(url), context)(new AbortController().signal), requests };
}

const numbers = z.array(z.number());
const call = { what: "the to-do list" };

function readTodos({ session }: Answering) {
  return session.read(numbers, (gl) => gl.todoLists.all({ perPage: 100, page: 1 }), call);
}

function approve({ session }: Answering) {
  return session.read(numbers, (gl) => gl.mergeRequestApprovals.approve("7", 3, { sha: "abc" }), call);
}

async function failureOf(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isFailure(error)) throw new Error(`not a failure: ${inspect(error)}`);
  return error;
}

describe("a request", () => {
  it("goes to the API under the sub-path with the token in a header that redirects drop", async () => {
    const server = answer({});
    await readTodos(server);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: "GET",
      url: "https://gitlab.example.com/gitlab/api/v4/todos?per_page=100&page=1",
      headers: { authorization: `Bearer ${token}` },
    });
  });

  it("reaches the resources that gitbeaker groups under projects", async () => {
    const server = answer({});
    await server.session.read(numbers, (gl) => gl.mergeRequestNotes.all("7", 3, { page: 1 }), call);
    expect(server.requests[0]?.url).toMatch(
      /\/gitlab\/api\/v4\/projects\/7\/merge_requests\/3\/notes\?page=1$/,
    );
  });

  it("never follows a link to a next page, which could lead to another host", async () => {
    const link = '<https://evil.example/api/v4/todos?page=2&per_page=100>; rel="next"';
    const server = answer({ headers: { link }, text: "[1]" });
    const result = await server.session.read(numbers, (gl) => gl.todoLists.all(), call);
    expect(server.requests).toHaveLength(1);
    expect(result.nextPage).toBe(2);
  });

  it("tells quota and server time of the latest answer", async () => {
    const headers = {
      date: "Fri, 20 Nov 2026 10:00:05 GMT",
      "ratelimit-limit": "2000",
      "ratelimit-remaining": "0",
      "ratelimit-reset": String(now / 1000 + 30),
    };
    const server = answer({ headers });
    await readTodos(server);
    expect(server.session.serverTime()).toBe("2026-11-20T10:00:05.000Z");
    expect(server.session.quota()).toEqual({
      limit: 2000,
      remaining: 0,
      resetAt: "2026-11-20T10:00:30.000Z",
    });
  });

  it("tells no quota where the instance gives none", async () => {
    const server = answer({});
    await readTodos(server);
    expect(server.session.quota()).toBeUndefined();
  });

  it("takes an API address with or without its version", () => {
    const connection = toConnection("https://gitlab.example.com");
    expect(toApiRoot(connection)).toBe("https://gitlab.example.com/api/v4");
    expect(toApiRoot({ ...connection, apiUrl: "https://api.example.com/x/" })).toBe(
      "https://api.example.com/x/api/v4",
    );
    expect(toApiRoot({ ...connection, apiUrl: "https://api.example.com/api/v4" })).toBe(
      "https://api.example.com/api/v4",
    );
  });
});

describe("when to ask again after 429", () => {
  it.each([
    [{ "retry-after": "77" }, 77],
    [{ "retry-after": "Fri, 20 Nov 2026 10:01:00 GMT" }, 60],
    [{ "ratelimit-reset": String(now / 1000 + 42) }, 42],
    [{ "ratelimit-resettime": "Fri, 20 Nov 2026 10:00:50 GMT" }, 50],
    [{}, 60],
    [{ "retry-after": "soon" }, 60],
    [{ "retry-after": "-5" }, 1],
    [{ "retry-after": "99999999999999" }, 3600],
  ])("%j", async (headers, seconds) => {
    const server = answer({
      status: 429,
      headers: { "content-type": "text/plain", ...headers },
      text: "Retry later",
    });
    const failure = await failureOf(readTodos(server));
    expect(failure.kind).toBe("throttled");
    expect(failure.retryAt).toBe(new Date(now + seconds * 1000).toISOString());
    expect(server.requests).toHaveLength(1);
  });
});

describe("an answer that is no answer", () => {
  it.each([
    ["an unknown shape", { text: '[{"id":1}]' }],
    ["null", { text: "null" }],
    ["nothing", { text: "" }],
    ["a page", { text: "<html>", headers: { "content-type": "text/html" } }],
    ["half of it", { text: "[1,2" }],
    ["304 that nobody asked for", { status: 304, text: "" }],
    ["no content", { status: 204, text: "" }],
  ])("is unreachable and nothing else: %s", async (_name, given) => {
    expect(await failureOf(readTodos(answer(given)))).toMatchObject({ kind: "unreachable", code: "schema" });
  });

  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "gone"],
    [408, "unreachable"],
    [400, "rejected"],
    [500, "unreachable"],
    [302, "unreachable"],
  ])("%i is %s", async (status, kind) => {
    expect((await failureOf(readTodos(answer({ status, text: "{}" })))).kind).toBe(kind);
  });
});

describe("a lost answer", () => {
  const lost = (sent: boolean) => {
    const details = { message: "gitlab.example.com did not answer", host: "gitlab.example.com", sent };
    return new HttpError("timeout", details);
  };

  it("leaves a write in doubt, unless it was never sent", async () => {
    expect((await failureOf(approve(answer(lost(true))))).kind).toBe("ambiguous");
    expect((await failureOf(approve(answer(lost(false))))).kind).toBe("unreachable");
    expect((await failureOf(readTodos(answer(lost(true))))).kind).toBe("unreachable");
  });
});

it("keeps the token out of every failure", async () => {
  const body = JSON.stringify({ message: { base: ["wrong"], other: ["also"] } });
  for (const given of [{ status: 401, text: body }, { status: 400, text: body }, { text: "<html>" }]) {
    const failure = await failureOf(readTodos(answer(given)));
    expect(inspect(failure, { depth: 12, showHidden: true })).not.toContain(token);
  }
});

it("gives GitLab's own words, shortened, also when they are a list of fields", async () => {
  const text = JSON.stringify({ message: { base: ["x".repeat(500)] } });
  const failure = await failureOf(readTodos(answer({ status: 400, text })));
  expect(failure.message).toContain('{"base":["xxx');
  expect(failure.message.length).toBeLessThan(320);
});
