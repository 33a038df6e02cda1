import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkAuthority } from "../../../src/cli/init/files.js";
import { runWizard } from "../../../src/cli/init/wizard.js";
import { makeAuthority } from "../../support/authority.js";
import { hasNginx, type Nginx, startNginx } from "../../support/nginx.js";
import { hasSquid, type Squid, startSquid } from "../../support/squid.js";
import type { Line } from "./scripted-ask.js";
import { type InitWorld, startWorld, toDraft, toPorts } from "./world.js";

/** Known to nobody but the proxy, as the names of a company are. */
const names = { github: "github.invalid", telegram: "telegram.invalid" };
const mia = 4242;
let world: InitWorld;
let nginx: Nginx;
let folder: string;
beforeEach(async () => {
  world = await startWorld();
  folder = mkdtempSync(join(tmpdir(), "init-network-"));
  if (!hasNginx) return;
  nginx = await startNginx([
    { name: names.github, path: "", upstream: world.github.url },
    { name: names.telegram, path: "", upstream: world.telegram.url },
  ]);
});
afterEach(async () => {
  if (hasNginx) await nginx.stop();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const rest = (): Line[] => [
  ["connections[0].access", "have"],
  ["connections[0].token", world.tokens.github],
  ["connections[1].more", false],
];
const end: Line[] = [
  ["telegram.pairing", "id"],
  ["telegram.owner", String(mia)],
  ["projects", ["personal", "github:acme/api"]],
  ["events", ["pipelines"]],
  ["confirm", "write"],
];
const portsOf = (script: readonly Line[]) => toPorts(world, script, { files: { checkAuthority } });

describe.skipIf(!hasNginx)(
  "a server whose authority this machine does not know (needs nginx, openssl)",
  () => {
    it("asks for the certificate, explains what is wrong with a file, and goes on with the right one", async () => {
      writeFileSync(join(folder, "words.txt"), "no certificate at all");
      writeFileSync(
        join(folder, "broken.pem"),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      );
      mkdirSync(join(folder, "other"));
      const url = `https://127.0.0.1:${nginx.port}`;
      const script: Line[] = [
        ["language", "en"],
        ["connections[0].platform", "github"],
        ["connections[0].url", url],
        ["connections[0].allowPrivateAddress", true],
        ["connections[0].caFile.how", "file"],
        ["connections[0].caFile", join(folder, "nowhere.pem")],
        ["connections[0].caFile", folder],
        ["connections[0].caFile", join(folder, "words.txt")],
        ["connections[0].caFile", join(folder, "broken.pem")],
        ["connections[0].caFile.how", "file"],
        ["connections[0].caFile", makeAuthority(join(folder, "other")).caFile],
        ["connections[0].caFile.how", "file"],
        ["connections[0].caFile", nginx.authority.caFile],
        ...rest(),
        ["telegram.token", world.tokens.telegram],
        ...end,
      ];
      const ports = portsOf(script);
      expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
      const told = ports.ask.told.filter((line) => /^(refused|problem)/.test(line));
      expect(told).toEqual([
        expect.stringContaining("private network or on this machine"),
        expect.stringMatching(/certificate of 127\.0\.0\.1:\d+ is self-signed or signed by an authority/),
        expect.stringContaining("There is no file"),
        expect.stringContaining("is a folder"),
        expect.stringContaining("holds no certificate in PEM form"),
        expect.stringContaining("broken.pem"),
        expect.stringContaining("signed by an authority"),
      ]);
      // Advice to edit a file is not for somebody who is being asked.
      expect(told.join("\n")).not.toContain("config.yaml");
      expect(parse(world.file.text)).toMatchObject({
        connections: [{ url, caFile: nginx.authority.caFile, allowPrivateAddress: true }],
      });
    }, 60_000);
  },
);

describe.skipIf(!hasNginx || !hasSquid)("a network with a proxy (needs squid, nginx, openssl)", () => {
  let squid: Squid;
  beforeAll(async () => void (squid = await startSquid([names.github, names.telegram])));
  afterAll(() => squid.stop());

  it("asks for it when a name is not known, explains a wrong one, and offers it for Telegram too", async () => {
    const url = `https://${names.github}:${nginx.port}`;
    const apiRoot = `https://${names.telegram}:${nginx.port}`;
    const proxy = `http://ann:pass%20word@127.0.0.1:${squid.port}`;
    const script: Line[] = [
      ["language", "en"],
      ["connections[0].platform", "github"],
      ["connections[0].url", url],
      ["connections[0].proxy.how", "proxy"],
      ["connections[0].proxy", "socks4://127.0.0.1:1080"],
      ["connections[0].proxy", "http://127.0.0.1:9"],
      ["connections[0].proxy.how", "proxy"],
      ["connections[0].proxy", `http://127.0.0.1:${squid.port}`],
      ["connections[0].proxy.how", "proxy"],
      ["connections[0].proxy", `http://ann:wrong@127.0.0.1:${squid.port}`],
      ["connections[0].proxy.how", "proxy"],
      ["connections[0].proxy", proxy],
      ["connections[0].caFile.how", "file"],
      ["connections[0].caFile", nginx.authority.caFile],
      ...rest(),
      ["telegram.token", world.tokens.telegram],
      ["telegram.proxy.how", "again"],
      ["telegram.proxy.how", "proxy"],
      ["telegram.proxy", "http://127.0.0.1:9"],
      ["telegram.proxy.how", "known"],
      ["telegram.caFile.how", "file"],
      ["telegram.caFile", nginx.authority.caFile],
      ...end,
    ];
    const ports = portsOf(script);
    expect(await runWizard({ ...toDraft(world), telegram: { apiRoot } }, ports, "gitnotify")).toBe("written");
    const told = ports.ask.told.filter((line) => /^(refused|problem)/.test(line));
    expect(told).toEqual([
      expect.stringContaining(`${names.github}:${nginx.port} could not be resolved`),
      expect.stringContaining("SOCKS4"),
      expect.stringMatching(/The proxy 127\.0\.0\.1:9 could not be reached.*Check its address, and whether/),
      expect.stringMatching(
        /wants a user name and password.*Write them into its address: http:\/\/user:password@/,
      ),
      expect.stringContaining("refuses the user name or password"),
      expect.stringContaining("signed by an authority"),
      expect.stringContaining("could not be resolved"),
      expect.stringContaining("could not be resolved"),
      expect.stringContaining("The proxy 127.0.0.1:9 could not be reached"),
      expect.stringContaining("signed by an authority"),
    ]);
    expect(told.join("\n")).not.toMatch(/wrong@|pass%20word|config\.yaml/);
    const way = { proxy, caFile: nginx.authority.caFile };
    expect(parse(world.file.text)).toMatchObject({
      connections: [{ url, ...way }],
      telegram: { apiRoot, ...way, owner: mia },
    });
    // A first message arrived, through the proxy.
    expect(world.telegram.chat(mia).at(-1)?.text).toContain("You are set up");
    expect(squid.tunnels()).toContain(`${names.telegram}:${nginx.port} ann`);
  }, 60_000);
});

describe("a proxy that is not there (of the environment, or typed)", () => {
  it("can be left out again", async () => {
    const script: Line[] = [
      ["language", "en"],
      ["connections[0].platform", "github"],
      ["connections[0].url", "http://127.0.0.1:9"],
      ["connections[0].allowHttp", true],
      ["connections[0].allowPrivateAddress", true],
      ["connections[0].proxy.how", "proxy"],
      ["connections[0].proxy", "http://127.0.0.1:9"],
      ["connections[0].proxy.how", "direct"],
      ["connections[0].proxy.how", "other"],
      ["connections[0].url", world.github.url],
      ["connections[0].allowHttp", true],
      ["connections[0].allowPrivateAddress", true],
      ...rest(),
      ["telegram.token", world.tokens.telegram],
      ...end,
    ];
    const ports = portsOf(script);
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    expect(ports.ask.told.filter((line) => line.startsWith("problem: 127.0.0.1:9 refused"))).toHaveLength(2);
    expect(world.file.text).not.toContain("proxy");
  }, 60_000);
});
