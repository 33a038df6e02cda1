import { describe, expect, it } from "vitest";
import { useDoctorsHome } from "./home.js";

const home = useDoctorsHome();
const dayMs = 86_400_000;

describe("the check of the tokens", () => {
  it("names kind, scopes and end of each", async () => {
    expect((await home.findings("tokens")).map(({ text }) => text)).toEqual([
      "github: mia, classic token, scopes repo notifications read:org, does not expire",
      "work: mia, personal access token, scopes api, does not expire",
    ]);
  });

  it("warns of one that ends soon, with the way to a new one", async () => {
    const { github } = home.surroundings;
    const expiresAt = new Date(Date.now() + 3.5 * dayMs).toISOString();
    github.addToken("ghp_ending", { login: "mia", kind: "classic", expiresAt });
    home.env["GITNOTIFY_SECRET_CONNECTION_GITHUB"] = "ghp_ending";
    const [found] = await home.findings("tokens");
    expect(found).toMatchObject({ state: "warning" });
    expect(found?.text).toContain("expires in 3 days");
    expect(found?.remedy).toContain("gitnotify secrets set connection/github");
  });

  it("says what a token leaves out and what to add", async () => {
    home.surroundings.gitlab.addToken("glpat-reading", { username: "mia", scopes: ["read_api"] });
    home.env["GITNOTIFY_SECRET_CONNECTION_WORK"] = "glpat-reading";
    expect(await home.findings("tokens")).toContainEqual({
      state: "warning",
      text: "work: Retry, cancel, approve and merge do not work with this token.",
      remedy: "To act from the chat, create a token with the scope api.",
    });
  });

  it("warns of scopes that nothing here needs", async () => {
    const scopes = ["repo", "notifications", "read:org", "delete_repo", "admin:org"];
    home.surroundings.github.addToken("ghp_mighty", { login: "mia", kind: "classic", scopes });
    home.env["GITNOTIFY_SECRET_CONNECTION_GITHUB"] = "ghp_mighty";
    const found = await home.findings("tokens");
    expect(found[1]).toMatchObject({ state: "warning" });
    expect(found[1]?.text).toContain("more than gitnotify ever needs: delete_repo admin:org");
  });

  it("passes on where single sign-on is granted", async () => {
    const headers = { "x-github-sso": "required; url=https://github.com/orgs/acme/sso?token=1" };
    home.surroundings.github.server.faults.add(
      /GET .*\/user$/,
      { kind: "status", status: 403, headers },
      Infinity,
    );
    const [found] = await home.findings("tokens");
    expect(found).toMatchObject({ state: "wrong" });
    expect(found?.remedy).toContain("open https://github.com/orgs/acme/sso");
  });

  it("notices organizations that single sign-on leaves out of an answer", async () => {
    const headers = { "x-github-sso": "partial-results; organizations=21955855" };
    const fault = { kind: "status" as const, status: 200, headers, body: [] };
    home.surroundings.github.server.faults.add(/GET .*\/user\/teams/, fault, Infinity);
    const found = await home.findings("tokens");
    expect(found[1]).toMatchObject({ state: "warning" });
    expect(found[1]?.text).toContain("single sign-on are hidden");
    expect(found[1]?.remedy).toContain("Configure SSO");
  });
});
