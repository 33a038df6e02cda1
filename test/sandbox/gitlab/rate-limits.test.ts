import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stage, type Stage } from "./gitlab-client.js";

let on: Stage;
beforeEach(async () => {
  on = await stage();
});
afterEach(() => on.sandbox.close());

describe("throttling", () => {
  it("is off at first: no header tells of it", async () => {
    expect((await on.ann.get("/user")).headers.get("ratelimit-limit")).toBeNull();
  });

  it("counts per person and window, tells what is left, and answers 429 in plain text", async () => {
    on.sandbox.settings.throttle = { limit: 2, windowSeconds: 60, headers: true };
    const first = await on.ann.get("/user");
    expect(Object.fromEntries(first.headers)).toMatchObject({
      "ratelimit-limit": "2",
      "ratelimit-observed": "1",
      "ratelimit-remaining": "1",
      "ratelimit-reset": String(Date.parse("2026-11-02T10:01:00Z") / 1000),
      "ratelimit-name": "throttle_authenticated_api",
    });
    expect((await on.ann.get("/user")).status).toBe(200);
    const third = await on.ann.get("/user");
    expect([third.status, third.text]).toEqual([429, "Retry later\n"]);
    expect(third.headers.get("retry-after")).toBe("59");
    expect(third.headers.get("ratelimit-resettime")).toBe("Mon, 02 Nov 2026 10:01:00 GMT");
    expect((await on.bob.get("/user")).status).toBe(200);
    on.clock.now += 59_000;
    expect((await on.ann.get("/user")).status).toBe(200);
  });

  it("counts a 304 and a refusal like any other request", async () => {
    on.sandbox.settings.throttle = { limit: 3, windowSeconds: 60, headers: true };
    const path = `${on.project}/merge_requests`;
    const etag = (await on.ann.get(path)).headers.get("etag") ?? "";
    const cached = await on.ann.get(path, { "if-none-match": etag });
    expect([cached.status, cached.headers.get("ratelimit-remaining")]).toEqual([304, "1"]);
    const refused = await on.ann.get("/projects/999");
    expect([refused.status, refused.headers.get("ratelimit-remaining")]).toEqual([404, "0"]);
    const { cost, requests } = on.sandbox.server.ledger.totals();
    expect([cost, requests]).toEqual([3, 3]);
  });

  it("can leave the 429 without any header", async () => {
    on.sandbox.settings.throttle = { limit: 0, windowSeconds: 60, headers: false };
    const answer = await on.ann.get("/user");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, null]);
  });

  it("limits comments by themselves", async () => {
    on.sandbox.settings.notesPerMinute = 1;
    on.sandbox.openIssue("acme/api", { author: "ann", title: "T" });
    const path = `${on.project}/issues/1/notes`;
    expect((await on.ann.post(path, { body: "one" })).status).toBe(201);
    expect((await on.ann.post(path, { body: "two" })).status).toBe(429);
    expect((await on.ann.get(path)).rows).toHaveLength(1);
  });
});
