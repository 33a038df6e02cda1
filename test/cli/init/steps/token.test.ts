import { afterEach, beforeEach, expect, it } from "vitest";
import { Interrupted } from "../../../../src/cli/init/ask.js";
import { runWizard } from "../../../../src/cli/init/wizard.js";
import { ctrlC, type Line } from "../scripted-ask.js";
import { type InitWorld, localAnswers, startWorld, toDraft, toPorts } from "../world.js";

let world: InitWorld;
beforeEach(async () => (world = await startWorld()));
afterEach(() => world.close());

const singleSignOn = "https://github.com/orgs/acme/sso?authorization_request=AZ";

/** Until the token is taken; what the person read on the way, without what was said of the address. */
async function read(platform: "github" | "gitlab", answers: Line[], spoil = () => {}): Promise<string[]> {
  const script: Line[] = [
    ["language", "en"],
    ["connections[0].platform", platform],
    ...localAnswers("connections[0]", world[platform].url),
    ...answers,
    ["connections[1].more", ctrlC],
  ];
  const ports = toPorts(world, script);
  const secret = ports.ask.secret.bind(ports.ask);
  ports.ask.secret = (question) => {
    spoil();
    return secret(question);
  };
  await expect(runWizard(toDraft(world), ports, "gitnotify")).rejects.toThrow(Interrupted);
  expect(ports.ask.rest()).toEqual([]);
  return ports.ask.told.slice(ports.ask.told.findIndex((line) => line.includes(" is a Git")) + 1);
}

it("says where a new one is made when it has expired, also to somebody who was shown no page", async () => {
  const expired = "ghp_expired00000000000000000000000000000000";
  world.github.addToken(expired, {
    ...{ login: "mia", kind: "classic", scopes: ["repo"], expiresAt: "2020-01-01T00:00:00Z" },
  });
  const told = await read("github", [
    ["connections[0].access", "have"],
    ["connections[0].token", expired],
    ["connections[0].token", world.tokens.github],
  ]);
  expect(told[0]).toMatch(
    /it has expired.*Create a new one here and paste it: http:.*\/settings\/tokens\/new/,
  );
  expect(told[1]).toContain("You are mia (Mia). Classic token");
});

it("says with which page single sign-on lets a token in, and tries the same one again", async () => {
  const message = "Resource protected by organization SAML enforcement.";
  const headers = { "x-github-sso": `required; url=${singleSignOn}` };
  const told = await read(
    "github",
    [
      ["connections[0].access", "have"],
      ["connections[0].token", world.tokens.github],
      ["connections[0].token.again", true],
    ],
    () =>
      void world.github.server.faults.add(/\/user$/, {
        kind: "status",
        status: 403,
        headers,
        body: { message },
      }),
  );
  expect(told[0]).toContain(`open ${singleSignOn} and authorize the token`);
  expect(told[1]).toContain("You are mia (Mia)");
});

it("tells what a fine-grained token never sees, and what a token may do that is not needed", async () => {
  const [fine, much] = [
    "github_pat_fine00000000000000000000000000",
    "ghp_much00000000000000000000000000000000000",
  ];
  world.github.addToken(fine, { login: "mia", kind: "fine-grained" });
  world.github.addToken(much, { login: "mia", kind: "classic", scopes: ["repo", "read:org", "delete_repo"] });
  const told = await read("github", [
    ["connections[0].access", "have"],
    ["connections[0].token", "ghs_0123456789012345678901234567890"],
    ["connections[0].token", fine],
    ["connections[0].token.lacks", "another"],
    ["connections[0].token", much],
  ]);
  expect(told).toEqual([
    expect.stringContaining("refused: That is a GitHub App token"),
    expect.stringContaining("You are mia (Mia). Fine-grained token"),
    expect.stringContaining("GitHub hides notifications from fine-grained tokens"),
    expect.stringContaining("scopes repo, read:org, delete_repo"),
    expect.stringContaining("It also has scopes that gitnotify never needs (delete_repo)"),
  ]);
});

it("tells whose token it is when it is a project's bot, and what is wrong with other kinds of GitLab", async () => {
  const bot = "project_12_bot_3fa9c1";
  world.gitlab.addUser(bot, { name: "ci" });
  world.gitlab.addToken("glpat-bot0000000000000000", { username: bot, scopes: ["api"] });
  world.gitlab.addToken("glpat-repo000000000000000", { username: "mia", scopes: ["read_repository"] });
  world.gitlab.addToken("glpat-user000000000000000", { username: "mia", scopes: ["read_user"] });
  const told = await read("gitlab", [
    ["connections[0].access", "have"],
    ["connections[0].token", "gldt-0123456789012345678901234567890"],
    ["connections[0].token", "glpat-repo000000000000000"],
    ["connections[0].token.again", false],
    ["connections[0].token", "glpat-user000000000000000"],
    ["connections[0].token.lacks", "another"],
    ["connections[0].token", "glpat-bot0000000000000000"],
    ["connections[0].token.lacks", "another"],
    ["connections[0].token", world.tokens.gitlab],
  ]);
  expect(told).toEqual([
    expect.stringContaining("refused: That is a GitLab deploy token"),
    expect.stringMatching(/403 \(insufficient_scope\).*one of the scopes: api read_api/),
    expect.stringContaining("You are mia (Mia). Personal access token, scopes read_user"),
    expect.stringContaining("Create a token with the scope read_api"),
    expect.stringContaining("Project access token"),
    expect.stringContaining("This token belongs to a project's bot, not to you"),
    expect.stringContaining("You are mia (Mia). Personal access token, scopes api"),
  ]);
});
