import { newestVersion } from "../../../../src/store/migrations/newest.js";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { useDoctorsHome } from "../home.js";

const home = useDoctorsHome();

/** None of these opens anything anywhere. */
const planted = {
  /** In the store, so that they are known. */
  telegram: "700000001:AAsandbox-token-that-opens-nothing0000",
  /** In no store any more: only their shape tells. */
  oldGitHub: "ghp_Old1234567890abcdefghijklmnopqrstuvwx",
  fineGrained: "github_pat_11AAAAAAA0abcdefghijkl_mnopqrstuvwxyz0123456789",
  oldGitLab: "glpat-Zz9_old-token-20chars",
  oldBot: "123456789:AAHold_bot-token_of_thirty_five_ch",
  proxyPassword: "pr0xy-p@ss word",
  passphrase: "correct horse battery staple",
};

/** As text, percent-encoded, and in base64 wherever it may begin in something longer. */
function spellings(secret: string): string[] {
  const wrapped = ["", "a", "ab"].map((before) =>
    Buffer.from(`${before}${secret}zz`).toString("base64").slice(4, -8),
  );
  return [
    secret,
    encodeURIComponent(secret),
    ...wrapped,
    ...wrapped.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

function plantInLog(...values: string[]): void {
  mkdirSync(join(home.path, "logs"), { recursive: true });
  const lines = values.flatMap((value) => [
    { msg: `asked https://api.telegram.org/bot${value}/getMe` },
    { msg: `asked https://x/?q=${encodeURIComponent(value)}` },
    { authorization: `Basic ${Buffer.from(`mia:${value}`).toString("base64")}` },
    { header: Buffer.from(`${value}zz`).toString("base64url") },
    { nested: JSON.stringify({ value }) },
  ]);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  writeFileSync(join(home.path, "logs", "gitnotify.log"), text);
}

async function bundle(
  ...argv: string[]
): Promise<{ code: number; stdout: string; text: string; path: string }> {
  const path = join(home.path, "bundle.tar.gz");
  const ran = await home.doctor("--bundle", path, ...argv);
  return { ...ran, path, text: gunzipSync(readFileSync(path)).toString("utf8") };
}

describe("doctor --bundle", () => {
  it("holds no secret in any spelling, be it known or only of the shape of one", async () => {
    Object.assign(home.env, {
      HTTPS_PROXY: `http://mia:${encodeURIComponent(planted.proxyPassword)}@127.0.0.1:1`,
      NO_PROXY: "127.0.0.1",
      GITNOTIFY_PASSPHRASE: planted.passphrase,
    });
    plantInLog(...Object.values(planted));
    const { text } = await bundle();
    expect(text).toContain("asked https://api.telegram.org/bot***/getMe");
    for (const [name, secret] of Object.entries(planted))
      for (const spelling of spellings(secret))
        expect([name, spelling, text.includes(spelling)]).toEqual([name, spelling, false]);
  });

  it("holds no token that was pasted into config.yaml at a wrong place", async () => {
    const { oldGitHub, oldGitLab, oldBot } = planted;
    home.configure((yaml) => `${yaml}token: ${oldGitLab}\n${oldGitHub}: 1\nlanguage: ${oldBot}\n`);
    const { code, text } = await bundle();
    expect(code).toBe(3);
    expect(text).toContain("unknown key");
    for (const secret of [oldGitHub, oldGitLab, oldBot])
      for (const spelling of spellings(secret))
        expect([spelling, text.includes(spelling)]).toEqual([spelling, false]);
  });

  it("is an archive that tar reads, for this user alone, with all that helps", async () => {
    plantInLog("nothing");
    const { code, stdout, path, text } = await bundle();
    expect(code).toBe(0);
    expect(stdout).toContain(path);
    expect(stdout).toContain("names hosts, projects, accounts and chats, and holds no tokens");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const names = execFileSync("tar", ["tzf", path], { encoding: "utf8" }).trim().split("\n");
    expect(names.map((name) => name.replace("gitnotify-diagnostics/", ""))).toEqual([
      ...["README.txt", "findings.json", "versions.json", "settings.json", "daemon.json", "database.json"],
      ...["service.txt", "gitnotify.log"],
    ]);
    for (const part of [
      "github:acme/api",
      `"schemaVersion": ${newestVersion}`,
      '"members": 1',
      process.versions.node,
    ])
      expect(text).toContain(part);
  });

  it("takes the last two thousand lines, from the rotated files too", async () => {
    mkdirSync(join(home.path, "logs"));
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `{"line":${from + index}}\n`).join("");
    writeFileSync(join(home.path, "logs", "gitnotify.log.2"), lines(0, 1_000));
    writeFileSync(join(home.path, "logs", "gitnotify.log.1"), lines(1_000, 2_500));
    writeFileSync(join(home.path, "logs", "gitnotify.log"), lines(2_500, 2_600));
    const { text } = await bundle();
    const found = [...text.matchAll(/\{"line":(\d+)\}/g)].map(([, number]) => Number(number));
    expect(found).toHaveLength(2_000);
    expect([found[0], found.at(-1)]).toEqual([600, 2_599]);
  });

  it("overwrites nothing", async () => {
    const path = join(home.path, "bundle.tar.gz");
    writeFileSync(path, "mine");
    const ran = await home.doctor("--bundle", path);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("is there already");
    expect(readFileSync(path, "utf8")).toBe("mine");
  });

  it("is made where nothing was ever started, too", async () => {
    home.env = {};
    home.configure(() => "langauge: en\n");
    const { code, text } = await bundle();
    expect(code).toBe(3);
    expect(text).toContain("langauge");
    expect(readdirSync(home.path)).toContain("bundle.tar.gz");
  });
});
