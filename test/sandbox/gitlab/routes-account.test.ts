import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient, stage, type Stage, word } from "./gitlab-client.js";

let on: Stage;
beforeEach(async () => {
  on = await stage();
});
afterEach(() => on.sandbox.close());

const as = (token: string) => createClient(on.sandbox, token);

it("names JSON without a character set, which some clients take nothing else for", async () => {
  for (const path of ["/user", "/projects", "/projects/999"])
    expect((await on.ann.get(path)).headers.get("content-type")).toBe("application/json");
});

describe("tokens", () => {
  it("are taken as Bearer and as PRIVATE-TOKEN", async () => {
    const url = `${on.sandbox.url}/api/v4/user`;
    const response = await fetch(url, { headers: { "private-token": "token-ann" } });
    expect(await response.json()).toMatchObject({ username: "ann", bot: false });
    expect((await on.ann.get("/user")).json["username"]).toBe("ann");
  });

  it("answer 401 when unknown, revoked or past their date", async () => {
    expect(await as("nobody").get("/user")).toMatchObject({
      status: 401,
      json: { message: "401 Unauthorized" },
    });
    on.sandbox.addToken("short", { username: "ann", scopes: ["api"], expiresAt: "2026-11-03" });
    expect((await as("short").get("/user")).status).toBe(200);
    on.clock.now = Date.parse("2026-11-03T00:00:00Z");
    expect((await as("short").get("/user")).json["error"]).toBe("invalid_token");
    on.sandbox.revokeToken("token-ann");
    const revoked = await on.ann.get("/user");
    expect([revoked.status, revoked.json["error"]]).toEqual([401, "invalid_token"]);
  });

  it("tell their scopes and date with any scope, and 400 for an OAuth token", async () => {
    on.sandbox.addToken("small", { username: "ann", scopes: ["read_repository"], expiresAt: "2027-01-31" });
    on.sandbox.addToken("oauth", { username: "ann", scopes: ["api"], kind: "oauth" });
    const { json } = await as("small").get("/personal_access_tokens/self");
    expect(json).toMatchObject({ scopes: ["read_repository"], expires_at: "2027-01-31", active: true });
    expect((await as("oauth").get("/personal_access_tokens/self")).status).toBe(400);
    expect((await as("oauth").get("/user")).status).toBe(200);
  });

  it("may only do what their scopes allow", async () => {
    on.sandbox.addToken("reader", { username: "ann", scopes: ["read_api"] });
    on.sandbox.addToken("profile", { username: "ann", scopes: ["read_user"] });
    on.sandbox.openMergeRequest("acme/api", { author: "bob", title: "T", source: "s" });
    const one = `${on.project}/merge_requests/1`;
    expect((await as("reader").get(one)).status).toBe(200);
    const refused = await as("reader").post(`${one}/approve`);
    expect(refused).toMatchObject({ status: 403, json: { error: "insufficient_scope", scope: "api" } });
    expect((await as("profile").get("/user")).status).toBe(200);
    expect((await as("profile").get("/todos")).json["scope"]).toBe("api read_api");
  });
});

describe("projects", () => {
  it("are listed by membership, search and last activity", async () => {
    on.sandbox.addProject("acme/tools/web-api", { members: ["ann"] });
    on.sandbox.addProject("acme/old", { archived: true });
    on.sandbox.addProject("other/thing", { members: [] });
    on.clock.now += 2 * 3_600_000;
    on.sandbox.openIssue("acme/api", { author: "ann", title: "T" });
    const query = "membership=true&min_access_level=20&simple=true&archived=false&order_by=last_activity_at";
    const paths = async (more = "") =>
      (await on.ann.get(`/projects?${query}${more}`)).rows.map((row) => row["path_with_namespace"]);
    expect(await paths()).toEqual(["acme/api", "acme/tools/web-api"]);
    expect(await paths("&search=WEB")).toEqual(["acme/tools/web-api"]);
    expect(await paths("&search=tools")).toEqual([]);
    expect(await paths("&search=tools&search_namespaces=true")).toEqual(["acme/tools/web-api"]);
  });

  it("are found by id and by encoded path", async () => {
    const { json } = await on.ann.get("/projects/acme%2Fapi");
    expect(`/projects/${word(json["id"])}`).toBe(on.project);
    expect((await on.ann.get("/projects/acme/api")).status).toBe(404);
  });

  it("redirect from the old path with 301 for reads, and refuse writes there", async () => {
    on.sandbox.moveProject("acme/api", "acme/platform/api");
    const answer = await on.ann.get("/projects/acme%2Fapi/pipelines?per_page=5");
    expect(answer.status).toBe(301);
    const location = answer.headers.get("location");
    expect(location).toBe(`${on.sandbox.url}/api/v4${on.project}/pipelines?per_page=5`);
    expect((await on.ann.post("/projects/acme%2Fapi/pipelines/1/retry")).status).toBe(405);
    expect((await on.ann.get(on.project)).json["path_with_namespace"]).toBe("acme/platform/api");
  });

  it("keep the sub-path in redirects and links", async () => {
    await on.sandbox.close();
    on = await stage({ subPath: "/gitlab" });
    on.sandbox.moveProject("acme/api", "acme/new");
    const answer = await on.ann.get("/projects/acme%2Fapi");
    expect(answer.headers.get("location")).toBe(`${on.sandbox.url}/api/v4${on.project}`);
    expect((await on.ann.get(on.project)).json["web_url"]).toBe(`${on.sandbox.url}/acme/new`);
    const link = (await on.ann.get("/projects")).headers.get("link");
    expect(link).toContain(`<${on.sandbox.url}/api/v4/projects?`);
  });

  it("are 404 for those who may not see them, and for everybody when deleted", async () => {
    on.sandbox.addProject("acme/secret", { private: true, members: ["ann"] });
    expect((await on.eve.get("/projects/acme%2Fsecret")).status).toBe(404);
    expect((await on.ann.get("/projects/acme%2Fsecret")).status).toBe(200);
    on.sandbox.setMember("acme/secret", "ann", false);
    expect(await on.ann.get("/projects/acme%2Fsecret")).toMatchObject({
      status: 404,
      json: { message: "404 Project Not Found" },
    });
    on.sandbox.deleteProject("acme/api");
    expect((await on.ann.get(on.project)).status).toBe(404);
  });

  it("move last_activity_at at most once an hour", async () => {
    const at = async () => (await on.ann.get(on.project)).json["last_activity_at"];
    const first = await at();
    on.clock.now += 1_800_000;
    on.sandbox.openIssue("acme/api", { author: "ann", title: "T" });
    expect(await at()).toBe(first);
    on.clock.now += 1_800_000;
    on.sandbox.openIssue("acme/api", { author: "ann", title: "T" });
    expect(await at()).toBe("2026-11-02T11:00:01.000Z");
  });
});

describe("the sandbox", () => {
  it("closes a merge request with arguments and the server without", async () => {
    on.sandbox.openMergeRequest("acme/api", { author: "bob", title: "T", source: "s" });
    on.sandbox.close("acme/api", 1, { by: "bob" });
    expect((await on.ann.get(`${on.project}/merge_requests/1`)).json["state"]).toBe("closed");
  });

  it("answers 400 to a body that is no JSON, and sends people without a session to sign in", async () => {
    const headers = { authorization: "Bearer token-ann", "content-type": "application/json" };
    const url = `${on.sandbox.url}/api/v4/todos/mark_as_done`;
    expect((await fetch(url, { method: "POST", headers, body: "{" })).status).toBe(400);
    expect((await fetch(`${on.sandbox.url}/acme/api`, { redirect: "manual" })).status).toBe(302);
  });

  it("tells the time of its own clock", async () => {
    expect((await on.ann.get("/user")).headers.get("date")).toBe("Mon, 02 Nov 2026 10:00:01 GMT");
    on.clock.now += 60_000;
    expect((await on.ann.get("/projects/999")).headers.get("date")).toBe("Mon, 02 Nov 2026 10:01:01 GMT");
  });

  it("names who has not been added", () => {
    expect(() => on.sandbox.note("acme/api", 1, { by: "ann", body: "x" })).toThrow("acme/api!1");
    expect(() => on.sandbox.addToken("t", { username: "zed", scopes: [] })).toThrow('"zed"');
  });
});
