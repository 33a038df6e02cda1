import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startNginx, hasNginx, type Nginx } from "../support/nginx.js";
import { hasSquid, startSquid, type Squid } from "../support/squid.js";
import { startSocks } from "../support/socks-server.js";
import {
  eventually, inspect, owner, ownerChat, pollRound, startDaemon, startSurroundings, type Surroundings,
} from "../e2e/harness.js"; // prettier-ignore

/**
 * The three servers as a company has them: behind nginx with a certificate of the company's own authority (a GitHub Enterprise
 * Server, a GitLab below a path, a Bot API server), by names that only the company's proxy can resolve.
 */
const isThere = hasNginx && hasSquid;
const names = { github: "ghe.test", gitlab: "code.test", telegram: "bots.test" };
const login = "ann:pass%20word@";

let world: Surroundings;
let nginx: Nginx;
let squid: Squid;

function toConfig(proxy: string, telegramProxy = proxy): string {
  const { port, authority } = nginx;
  const way = `caFile: "${authority.caFile}", proxy: "${proxy}"`;
  return `
telegram: { apiRoot: "https://${names.telegram}:${port}", owner: ${owner}, caFile: "${authority.caFile}", proxy: "${telegramProxy}" }
connections:
  - { id: github, platform: github, url: "https://${names.github}:${port}", ${way} }
  - { id: work, platform: gitlab, url: "https://${names.gitlab}:${port}/tools/gitlab", ${way} }
polling: { inbox: "* * * * * *", pipelines: "* * * * * *", mergeRequests: "* * * * * *", repository: "* * * * * *", wiki: "* * * * * *", adaptive: false }
secrets: { store: env }
subscriptions:
  - { to: owner, projects: ["github:acme/api", "work:platform/core"] }
`;
}

const throughSquid = () => toConfig(`http://${login}127.0.0.1:${squid.port}`);

/** Something on each platform that the owner is told of. */
function happen(): void {
  const { number } = world.github.openPullRequest("acme/api", {
    author: "bob",
    title: "Faster start",
    head: "fast",
  });
  world.github.requestReview("acme/api", number, { by: "bob", reviewer: "mia" });
  const { iid } = world.gitlab.openMergeRequest("platform/core", {
    author: "bob",
    title: "Speed up",
    source: "speed",
  });
  world.gitlab.requestReview("platform/core", iid, { by: "bob", reviewer: "mia" });
}

const shown = () =>
  ownerChat(world)
    .map((message) => message.text)
    .join("\n");

describe.skipIf(!isThere)("behind nginx, an own authority and squid (needs nginx, squid and openssl)", () => {
  beforeAll(async () => void (squid = await startSquid(Object.values(names))), 30_000);
  afterAll(async () => squid.stop());
  beforeEach(async () => {
    world = await startSurroundings();
    nginx = await startNginx([
      { name: names.github, path: "", upstream: world.github.url },
      { name: names.gitlab, path: "/tools/gitlab", upstream: world.gitlab.url },
      { name: names.telegram, path: "", upstream: world.telegram.url },
    ]);
  }, 30_000);
  afterEach(async () => {
    await nginx.stop();
    await world.close();
  });

  it("events arrive, in a few tunnels, and the proxy's password is nowhere", async () => {
    const config = throughSquid();
    await pollRound(world, { config });
    happen();
    const report = await pollRound(world, { config });
    expect(report).toMatchObject({ problems: [], failures: [] });
    expect(shown()).toContain("Faster start");
    expect(shown()).toContain("Speed up");
    const sources = await inspect(world, (db) => db.selectFrom("sources").selectAll().execute());
    expect(sources.filter(({ failures }) => failures > 0)).toEqual([]);
    const requests = world.github.server.ledger.entries.length + world.gitlab.server.ledger.entries.length;
    expect(squid.tunnels().length).toBeLessThan(requests);
    const files = readdirSync(world.home, { recursive: true, encoding: "utf8" });
    const stored = files.map((file) => readText(join(world.home, file))).join("");
    expect(world.logged.join("\n") + stored).not.toMatch(/pass(%20| )word/);
  }, 30_000);

  it("events arrive through a SOCKS proxy that resolves the names", async () => {
    const socks = await startSocks({ resolve: (_host, port) => `127.0.0.1:${port}` });
    try {
      const config = toConfig(`socks5h://127.0.0.1:${socks.port}`);
      await pollRound(world, { config });
      happen();
      await pollRound(world, { config });
      expect(shown()).toContain("Faster start");
      expect(shown()).toContain("Speed up");
      expect(new Set(socks.asked)).toEqual(
        new Set(Object.values(names).map((name) => `name:${name}:${nginx.port}`)),
      );
    } finally {
      await socks.close();
    }
  }, 30_000);

  it("loses nothing while the proxy is away, and says once that it is", async () => {
    const { port } = squid;
    const daemon = await startDaemon(world, throughSquid());
    try {
      await eventually(() => shown().includes("watching"), { describe: () => world.logged.join("\n") });
      const mark = world.logged.length;
      await squid.stop();
      happen();
      await eventually(() => world.logged.slice(mark).some((line) => line.includes("proxy")));
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      // GitHub, GitLab, Telegram's updates. A poll that was cut in the middle has other words for it than the next one.
      const told = world.logged.slice(mark).filter((line) => /could not be polled|No updates/.test(line));
      expect(told.length, told.join("\n")).toBeLessThanOrEqual(6);
      expect(told.filter((line) => !line.includes(`127.0.0.1:${port}`))).toEqual([]);
      for (const of of [names.github, "GitLab (work)", names.telegram])
        expect(told.filter((line) => line.includes(of)).length, told.join("\n")).toBeGreaterThan(0);
      squid = await startSquid(Object.values(names), port);
      await eventually(() => shown().includes("Faster start") && shown().includes("Speed up"), {
        timeoutMs: 60_000,
        describe: () => `${world.logged.join("\n")}\n${shown()}`,
      });
      expect(shown().match(/Faster start/g)).toHaveLength(1);
    } finally {
      await daemon.stop();
    }
  }, 90_000);
});

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
