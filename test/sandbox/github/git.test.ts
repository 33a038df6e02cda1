import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import git from "isomorphic-git";
import http from "isomorphic-git/http/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GitHubSandbox } from "../../../src/sandbox/github/index.js";
import { startAcme } from "./ask.js";

let sandbox: GitHubSandbox;
let folder: string;
let clock: { ms: number };
let wiki: string;

beforeEach(async () => {
  ({ sandbox, clock } = await startAcme());
  folder = await mkdtemp(join(tmpdir(), "sandbox-git-"));
  wiki = `${sandbox.url}/acme/api.wiki.git`;
});
afterEach(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

const onAuth = () => ({ username: "x-access-token", password: "ann-classic" });

function edit(page: string, content: string | null): string {
  clock.ms += 60_000;
  return sandbox.editWiki("acme/api", { by: "bob", page, content }).sha;
}

/** Runs git without blocking the server, which lives in this process. */
function run(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const environment = { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1" };
    const child = spawn("git", args, { env: environment });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Error(output))));
  });
}

describe("a wiki over git", () => {
  it("is a 404 before its first page and a 401 without a token", async () => {
    await expect(git.listServerRefs({ http, url: wiki, onAuth })).rejects.toMatchObject({
      data: { statusCode: 404 },
    });
    edit("Home", "Hello");
    await expect(git.listServerRefs({ http, url: wiki })).rejects.toMatchObject({
      data: { statusCode: 401 },
    });
    const wrong = () => ({ username: "x-access-token", password: "wrong" });
    const onAuthFailure = () => ({ cancel: true });
    await expect(git.listServerRefs({ http, url: wiki, onAuth: wrong, onAuthFailure })).rejects.toThrow();
  });

  it("lists its refs in protocol 2 and in protocol 1", async () => {
    const sha = edit("Setup guide", "One");
    const refs = await git.listServerRefs({ http, url: wiki, onAuth, symrefs: true });
    expect(refs).toEqual([
      { ref: "HEAD", oid: sha, target: "refs/heads/master" },
      { ref: "refs/heads/master", oid: sha },
    ]);
    const old = await git.listServerRefs({
      http,
      url: wiki,
      onAuth,
      protocolVersion: 1,
      prefix: "refs/heads/",
    });
    expect(old).toMatchObject([{ ref: "refs/heads/master", oid: sha }]);
  });

  it("is cloned and fetched by isomorphic-git, whole and shallow", async () => {
    edit("Home", "One");
    edit("deep/Page", "Nested");
    const dir = join(folder, "clone");
    await git.clone({ fs, http, dir, url: wiki, onAuth, depth: 1, singleBranch: true });
    expect(await git.log({ fs, dir })).toHaveLength(1);
    expect(await readFile(join(dir, "deep/Page.md"), "utf8")).toBe("Nested");
    edit("Home", "Two");
    const third = edit("deep/Page", null);
    await git.fetch({ fs, http, dir, onAuth, ref: "master", singleBranch: true });
    const log = await git.log({ fs, dir, ref: "origin/master" });
    expect(log.map((entry) => entry.oid)[0]).toBe(third);
    expect(log).toHaveLength(3);
    expect(log[0]?.commit.message).toBe("Destroyed deep/Page (markdown)\n");
    expect(log[0]?.commit.author.name).toBe("bob");
    await git.fetch({ fs, http, dir, onAuth, ref: "master", singleBranch: true, depth: 4 });
    expect(await git.log({ fs, dir, ref: "origin/master" })).toHaveLength(4);
  });

  it("redirects to the new name after a rename, and disappears with the repository", async () => {
    edit("Home", "One");
    sandbox.renameRepository("acme/api", "acme/core-api");
    const asked = `${wiki}/info/refs?service=git-upload-pack`;
    const headers = { authorization: `Basic ${Buffer.from("any:ann-classic").toString("base64")}` };
    const moved = await fetch(asked, { headers, redirect: "manual" });
    expect(moved.headers.get("location")).toBe(asked.replace("/api.wiki", "/core-api.wiki"));
    sandbox.deleteRepository("acme/core-api");
    expect((await fetch(asked, { headers })).status).toBe(404);
  });
});

const hasGit = (() => {
  try {
    execFileSync("git", ["--version"]);
    return true;
  } catch {
    return false;
  }
})();

describe.runIf(hasGit)("the git program", () => {
  for (const version of ["0", "2"]) {
    it(`clones, deepens and pulls with protocol ${version}`, async () => {
      for (const text of ["One", "Two", "Three"]) edit("Home", text);
      edit("a/b/c", "Nested");
      const url = wiki.replace("http://", "http://x-access-token:ann-classic@");
      const protocol = ["-c", `protocol.version=${version}`];
      expect(await run(...protocol, "ls-remote", url)).toMatch(/\tHEAD\n.*\trefs\/heads\/master\n/s);
      const dir = join(folder, "clone");
      await run(...protocol, "clone", "--depth", "2", url, dir);
      const count = async () => (await run("-C", dir, "rev-list", "--count", "HEAD")).trim();
      expect(await count()).toBe("2");
      await run("-C", dir, ...protocol, "fetch", "--deepen", "1");
      expect(await count()).toBe("3");
      await run("-C", dir, ...protocol, "fetch", "--unshallow");
      expect(await count()).toBe("4");
      edit("Home", "Four");
      await run("-C", dir, ...protocol, "pull", "--ff-only");
      expect(await readFile(join(dir, "Home.md"), "utf8")).toBe("Four");
      expect(await readdir(join(dir, "a/b"))).toEqual(["c.md"]);
      await run("-C", dir, "fsck", "--strict");
    });
  }

  it("clones the repository itself", async () => {
    const { sha } = sandbox.commitFiles("acme/api", {
      by: "bob",
      message: "Docs",
      files: { "docs/a.md": "A" },
    });
    const url = `${sandbox.url}/acme/api.git`.replace("http://", "http://x-access-token:ann-classic@");
    await run("clone", url, join(folder, "clone"));
    expect((await run("-C", join(folder, "clone"), "rev-parse", "HEAD")).trim()).toBe(sha);
  });
});
