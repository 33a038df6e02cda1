import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Subscription } from "../../../src/domain/subscription.js";
import { toConfig } from "../../e2e/harness.js";
import { run, useFolder } from "../terminal.js";
import { type InitWorld, startWorld } from "./world.js";

const folder = useFolder();
let world: InitWorld;
beforeEach(async () => (world = await startWorld()));
afterEach(() => world.close());

const local = ["--allow-http", "--allow-private-address", "--store", "file"];
const words = (...more: string[]) => [
  ...["--home", folder.path, "init", "--non-interactive", "--telegram-api-root", world.telegram.url],
  ...["--github", world.github.url, ...local, ...more],
];
const tokens = () => ({
  GITNOTIFY_SECRET_TELEGRAM: world.tokens.telegram,
  GITNOTIFY_SECRET_CONNECTION_GITHUB: world.tokens.github,
});
/** As `subscriptions list` prints them. */
const rules = async () =>
  JSON.parse(
    (await run(["--home", folder.path, "subscriptions", "list", "--json"])).stdout,
  ) as Subscription[];
const file = () => join(folder.path, "config.yaml");

it("sets everything up from flags and the environment, and keeps it when run again", async () => {
  const argv = words("--owner", "4242", "--project", "acme/api", "acme/*", "--language", "ru");
  const first = await run(argv, { env: tokens() });
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining("Вы mia (Mia)")]);
  const written = readFileSync(file(), "utf8");
  const config = toConfig(written);
  expect(config).toMatchObject({ language: "ru", secrets: { store: "file" }, telegram: { owner: "4242" } });
  expect(config.subscriptions).toEqual([]);
  const stored = await rules();
  expect(stored.map(({ projects }) => projects)).toEqual([undefined, ["github:acme/api", "github:acme/*"]]);
  expect(written + first.stderr + first.stdout).not.toContain(world.tokens.github);
  expect(readFileSync(join(folder.path, "secrets.enc"), "utf8")).not.toContain(world.tokens.github);
  const again = await run(argv, { env: tokens() });
  expect(again.code).toBe(0);
  expect(readFileSync(file(), "utf8")).toBe(written);
  expect(await rules()).toEqual(stored);
});

it("takes tokens from stdin and a file of answers", async () => {
  const answers = join(folder.path, "answers.yaml");
  writeFileSync(
    answers,
    `connections: [{ platform: gitlab, id: work, url: "${world.gitlab.url}", allowHttp: true, allowPrivateAddress: true }]
telegram: { apiRoot: "${world.telegram.url}", owner: 4242 }
projects: ["work:platform/core"]
events: wiki
secrets: { store: file }
`,
  );
  const input = `telegram=${world.tokens.telegram}\n# words\nconnection/work = ${world.tokens.gitlab}\n`;
  const argv = ["--home", folder.path, "init", "--answers", answers, "--secrets-stdin"];
  const ran = await run(argv, { input });
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("Written")]);
  expect(toConfig(readFileSync(file(), "utf8"))).toMatchObject({
    connections: [{ id: "work" }],
    subscriptions: [],
  });
  expect(await rules()).toMatchObject([{}, { features: ["wiki"], projects: ["work:platform/core"] }]);
});

it.each([
  [
    "a token is missing",
    4,
    "GITNOTIFY_SECRET_CONNECTION_GITHUB",
    () => ({ ...tokens(), GITNOTIFY_SECRET_CONNECTION_GITHUB: "" }),
  ],
  [
    "a token is refused",
    4,
    "does not accept this token",
    () => ({ ...tokens(), GITNOTIFY_SECRET_CONNECTION_GITHUB: "ghp_wrong000000000000000000000000000000" }),
  ],
  [
    "a token is of another platform",
    4,
    "That is a GitLab token",
    () => ({ ...tokens(), GITNOTIFY_SECRET_CONNECTION_GITHUB: "glpat-0123456789abcdefghij" }),
  ],
  [
    "the bot's token is missing",
    4,
    "GITNOTIFY_SECRET_TELEGRAM",
    () => ({ ...tokens(), GITNOTIFY_SECRET_TELEGRAM: "" }),
  ],
] as const)("ends where %s, and writes nothing", async (_what, code, told, env) => {
  const ran = await run(words("--owner", "4242"), { env: env() });
  expect([ran.code, ran.stderr]).toEqual([code, expect.stringContaining(told)]);
  expect(existsSync(file())).toBe(false);
  expect(ran.stderr).not.toMatch(/ghp_wrong|0123456789abcdefghij/);
  expect(ran.stderr.split(told), "told once").toHaveLength(
    code === 4 && told.startsWith("GITNOTIFY") ? 3 : 2,
  );
});

it("does not explain what a person would be shown when asked", async () => {
  const ran = await run(words("--owner", "4242", "--project", "acme/nothing"), { env: tokens() });
  expect(ran.stderr).not.toMatch(/BotFather|problem:/);
});

it("ends where the server is not reached, a project does not exist, or plain http was not permitted", async () => {
  const env = tokens();
  const base = [
    "--home",
    folder.path,
    "init",
    "--non-interactive",
    "--telegram-api-root",
    world.telegram.url,
  ];
  const unreached = await run([...base, "--github", "http://127.0.0.1:9", ...local], { env });
  expect([unreached.code, unreached.stderr]).toEqual([6, expect.stringContaining("refused the connection")]);
  const nothing = await run(words("--owner", "4242", "--project", "acme/nothing"), { env });
  expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining("no project acme/nothing")]);
  const plain = await run([...base, "--github", world.github.url], { env });
  expect([plain.code, plain.stderr]).toEqual([1, expect.stringContaining("--allow-http")]);
  expect(existsSync(file())).toBe(false);
});

it("goes the way to Telegram that flags name, and says which flag when there is none", async () => {
  const env = tokens();
  const away = words("--owner", "4242", "--telegram-proxy", "http://127.0.0.1:9");
  const ran = await run(away, { env });
  expect([ran.code, ran.stderr]).toEqual([
    6,
    expect.stringMatching(/proxy 127\.0\.0\.1:9[\s\S]*--telegram-proxy/),
  ]);
  expect(existsSync(file())).toBe(false);
  const good = await run(words("--owner", "4242", "--telegram-proxy", "direct"), { env });
  expect([good.code, toConfig(readFileSync(file(), "utf8")).telegram.proxy]).toEqual([0, "direct"]);
});

it("says without a terminal that there is none, and names the flags", async () => {
  const ran = await run(["--home", folder.path, "init"]);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/no terminal[\s\S]*--non-interactive[\s\S]*--answers/);
  const none = await run(["--home", folder.path, "init", "--non-interactive"]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("--github")]);
});

it("leaves a config.yaml that is not valid alone", async () => {
  writeFileSync(file(), "conections: []\n");
  const ran = await run(words("--owner", "4242"), { env: tokens() });
  expect([ran.code, readFileSync(file(), "utf8")]).toEqual([3, "conections: []\n"]);
});
