import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPack } from "../../../src/platforms/github/git-pack.js";
import { fetchPack, readHeadSha, type WikiRemote } from "../../../src/platforms/github/git-wire.js";
import { readWikiCommits } from "../../../src/platforms/github/wiki-git.js";
import { diffTrees } from "../../../src/platforms/github/wiki-trees.js";
import { createPlainHttp } from "../../support/plain-http.js";
import { bomb, makePack } from "./git-packs.js";

const hasGit = (() => {
  try {
    return execFileSync("git", ["--version"]).length > 0;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasGit)("a wiki served by git itself", () => {
  let folder: string;
  let server: Server;
  let remote: WikiRemote;
  const http = createPlainHttp();
  const env = {
    ...{
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
    },
    ...{ GIT_AUTHOR_NAME: "Ann", GIT_AUTHOR_EMAIL: "ann@example.com" },
    ...{ GIT_COMMITTER_NAME: "Ann", GIT_COMMITTER_EMAIL: "ann@example.com" },
  };
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, env }).toString().trim();
  const commit = (message: string, at = 0) => {
    git("add", "-A");
    const date = `${1767225600 + at} +0000`;
    execFileSync("git", ["commit", "-q", "-m", message], {
      cwd: folder,
      env: { ...env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    });
    return git("rev-parse", "HEAD");
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "wiki-git-"));
    git("init", "-q", "-b", "master");
    git("config", "uploadpack.allowFilter", "true");
    server = createServer((request, response) => {
      const child = spawn("git", ["upload-pack", "--stateless-rpc", join(folder, ".git")], {
        env: { ...env, GIT_PROTOCOL: String(request.headers["git-protocol"] ?? "") },
      });
      response.setHeader("content-type", "application/x-git-upload-pack-result");
      request.pipe(child.stdin);
      child.stdout.pipe(response);
    });
    // Making commits keeps the process busy for seconds: a connection must not be closed for idleness meanwhile.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme/api.wiki.git`;
    remote = { http, url, credential: async () => "token", signal: new AbortController().signal };
  });
  afterAll(async () => {
    await http.close();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  it("has no head before its first page", async () => {
    expect(await readHeadSha(remote)).toBeNull();
  });

  it("tells what each commit changed, through deltas, folders and renames, without contents", async () => {
    for (let page = 0; page < 400; page += 1) writeFileSync(join(folder, `Page-${page}.md`), `text ${page}`);
    mkdirSync(join(folder, "images"));
    writeFileSync(join(folder, "images", "large.png"), Buffer.alloc(3_000_000, "x1y2"));
    const first = commit("Many pages");
    writeFileSync(join(folder, "Page-7.md"), "other");
    writeFileSync(join(folder, "images", "second.png"), "small");
    const second = commit("Updated Page 7", 1);
    renameSync(join(folder, "Page-8.md"), join(folder, "Page-eight.md"));
    rmSync(join(folder, "Page-9.md"));
    const third = commit("Renamed and removed", 2);
    git("gc", "-q", "--aggressive");
    expect(await readHeadSha(remote)).toBe(third);
    const { commits, cut } = await readWikiCommits(remote, { head: third, since: first });
    expect(cut).toBe(false);
    expect(commits).toMatchObject([
      {
        sha: second,
        message: "Updated Page 7",
        name: "Ann",
        email: "ann@example.com",
        at: "2026-01-01T00:00:01.000Z",
      },
      { sha: third },
    ]);
    expect(commits.map(({ changes }) => changes)).toEqual([
      [
        { path: "Page-7.md", change: "updated" },
        { path: "images/second.png", change: "created" },
      ],
      [
        { path: "Page-eight.md", change: "updated", from: "Page-8.md" },
        { path: "Page-9.md", change: "deleted" },
      ],
    ]);
    const { pack } = await fetchPack(remote, { head: third, depth: 5 });
    expect(pack.length).toBeLessThan(60_000);
    expect((await readWikiCommits(remote, { head: third, since: null })).commits).toHaveLength(3);
  });

  it("is read without the filter where the server knows none", async () => {
    git("config", "uploadpack.allowFilter", "false");
    const head = git("rev-parse", "HEAD");
    const { commits } = await readWikiCommits(remote, { head, since: git("rev-parse", "HEAD~1") });
    expect(commits).toMatchObject([{ sha: head }]);
    git("config", "uploadpack.allowFilter", "true");
  });

  it("has its head found at once among 50,000 refs", async () => {
    const head = git("rev-parse", "HEAD");
    const refs = Array.from({ length: 50_000 }, (_, index) => `${head} refs/tags/t${index}`);
    writeFileSync(
      join(folder, ".git", "packed-refs"),
      `# pack-refs with: peeled fully-peeled sorted\n${refs.sort().join("\n")}\n`,
    );
    git("update-ref", "refs/heads/master", head);
    expect(await readHeadSha(remote)).toBe(head);
  });

  it("tells the newest changes and that there were more, when the last known one is far behind", async () => {
    const since = git("rev-parse", "HEAD");
    for (let index = 0; index < 60; index += 1) {
      writeFileSync(join(folder, "Home.md"), String(index));
      commit(`Edit ${index}`, 10 + index);
    }
    const head = git("rev-parse", "HEAD");
    const { commits, cut } = await readWikiCommits(remote, { head, since });
    expect([commits.length, cut, commits.at(-1)?.message]).toEqual([49, true, "Edit 59"]);
  });
});

describe("a hostile pack", () => {
  async function longestPause(work: Promise<unknown>): Promise<{ outcome: unknown; pause: number }> {
    let last = performance.now();
    let pause = 0;
    const timer = setInterval(() => {
      pause = Math.max(pause, performance.now() - last);
      last = performance.now();
    }, 1);
    const outcome = await work.then(
      () => "read",
      (error: unknown) => (error instanceof Error ? error.message : error),
    );
    clearInterval(timer);
    return { outcome, pause };
  }

  it("that grows a thousandfold is refused before it does, and holds up nobody", async () => {
    expect(bomb.length).toBeLessThan(1_600_000);
    const before = process.memoryUsage().arrayBuffers;
    const { outcome, pause } = await longestPause(readPack(bomb));
    expect(outcome).toBe("a pack grows beyond all measure");
    expect(pause).toBeLessThan(1000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150_000_000);
  });

  it.each([
    [
      "claims a size that it has not",
      makePack([{ type: 2, data: Buffer.alloc(100), size: 10 }]),
      "a pack is damaged",
    ],
    [
      "claims an enormous size",
      makePack([{ type: 2, data: Buffer.alloc(10), size: 2 ** 40 }]),
      "a pack grows beyond all measure",
    ],
    ["claims a million objects", makePack([], 1_000_000), "a pack has too many objects"],
    ["breaks off", makePack([{ type: 2, data: Buffer.alloc(9) }], 5), "a pack is damaged"],
    ["is none", Buffer.alloc(64), "what came is no pack"],
    [
      "holds an unknown type",
      makePack([{ type: 5, data: Buffer.alloc(3) }]),
      "a pack holds something unknown",
    ],
  ])("that %s is refused", async (_, pack, message) => {
    await expect(readPack(pack)).rejects.toThrow(message);
  });

  it("whose folder holds itself a million times over is refused", async () => {
    const sha = "ab".repeat(20);
    const other = "cd".repeat(20);
    const row = (name: string, of: string) =>
      Buffer.concat([Buffer.from(`${of === other ? 100644 : 40000} ${name}\0`), Buffer.from(of, "hex")]);
    const bushy = (of: string) =>
      Buffer.concat(Array.from({ length: 100 }, (_, index) => row(`f${index}`, of)));
    const levels = ["1", "2", "3", "4", "5"].map((digit) => digit.repeat(40));
    const objects = new Map(
      levels.map((level, index) => [level, { type: "tree" as const, data: bushy(levels[index + 1] ?? sha) }]),
    );
    objects.set(sha, { type: "tree", data: row("x", other) });
    const after = levels[0] ?? "";
    expect(() => diffTrees(objects, { before: null, after, budget: { entries: 10_000 } })).toThrow(
      "too many files",
    );
  });
});
