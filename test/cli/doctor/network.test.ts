import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  hasOpenssl,
  type LocalServer,
  makeCertificate,
  startHttps,
  startProxy,
} from "../../lib/local-servers.js";
import { useDoctorsHome } from "./home.js";

const home = useDoctorsHome();

function pointGitHubTo(url: string, more = ""): void {
  const { github } = home.surroundings;
  home.configure((yaml) =>
    yaml.replace(`url: ${github.url}\n    apiUrl: ${github.apiUrl}\n`, `url: ${url}\n${more}`),
  );
}

function ended<Server extends LocalServer>(server: Server): Server {
  onTestFinished(() => server.close());
  return server;
}

describe("the check of the network", () => {
  it("names each server once, with whom it serves", async () => {
    const found = await home.findings("network");
    expect(found.map(({ state, text }) => [state, text.replace(/:\d+ answers \(.*/, "")])).toEqual([
      ["well", "github: 127.0.0.1"],
      ["well", "work: 127.0.0.1"],
      ["well", "telegram: 127.0.0.1"],
    ]);
  });

  it("tells a name that does not resolve, once, and exits with 6", async () => {
    pointGitHubTo("http://gitlab.does-not-exist.invalid");
    const ran = await home.doctor();
    expect(ran.code).toBe(6);
    expect(ran.stdout).toMatch(
      /✗ github: The name gitlab\.does-not-exist\.invalid could not be resolved.*\n {2}→ /,
    );
    expect(ran.stdout.match(/does-not-exist/g)).toHaveLength(1);
  });

  it("tells a server that refuses the connection, with what to look at", async () => {
    await home.surroundings.telegram.close();
    const [, , telegram] = await home.findings("network");
    expect(telegram).toMatchObject({ state: "wrong" });
    expect(telegram?.text).toContain("refused the connection");
    expect(telegram?.remedy).toMatch(/port|runs/);
    expect((await home.findings("telegram")).map(({ text }) => text)).toEqual(["owner 4242"]);
  });

  it("tells a proxy that cannot be reached", async () => {
    pointGitHubTo("https://example.com", "    proxy: http://127.0.0.1:9\n");
    const [github] = await home.findings("network");
    expect(github).toMatchObject({ state: "wrong" });
    expect(github?.text).toContain("127.0.0.1:9");
    expect(github?.remedy).toContain("proxy");
  });

  it.skipIf(!hasOpenssl())("tells a certificate of an unknown authority (needs openssl)", async () => {
    const server = ended(
      await startHttps(makeCertificate("IP:127.0.0.1"), (_, response) => response.end("{}")),
    );
    pointGitHubTo(server.url);
    const [github] = await home.findings("network");
    expect(github?.state).toBe("wrong");
    expect(`${github?.text} ${github?.remedy}`).toContain("caFile");
  });

  it.skipIf(!hasOpenssl())(
    "says until when a certificate is valid, also behind a proxy (needs openssl)",
    async () => {
      const pair = makeCertificate("IP:127.0.0.1");
      const server = ended(await startHttps(pair, (_, response) => response.end("{}")));
      const proxy = ended(await startProxy());
      pointGitHubTo(server.url, `    caFile: ${pair.cert}\n`);
      const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
      expect((await home.findings("network"))[0]?.text).toContain(`certificate until ${day}`);
      pointGitHubTo(server.url, `    caFile: ${pair.cert}\n    proxy: ${proxy.url}\n`);
      const [found] = await home.findings("network");
      expect(found?.text).toContain(`answers through the proxy 127.0.0.1:${proxy.port} (`);
      expect(found?.text).toContain(`certificate until ${day}`);
      expect(proxy.targets.length).toBeGreaterThan(0);
    },
  );

  it.skipIf(!hasOpenssl())("warns of a certificate that ends soon (needs openssl)", async () => {
    const folder = mkdtempSync(join(tmpdir(), "certificate-"));
    const pair = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
    const subject = ["-subj", "/O=Acme/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"];
    const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", pair.key];
    execFileSync("openssl", ["req", "-x509", ...key, ...subject, "-days", "5", "-out", pair.cert], {
      stdio: "ignore",
    });
    const server = ended(await startHttps(pair, (_, response) => response.end("{}")));
    pointGitHubTo(server.url, `    caFile: ${pair.cert}\n`);
    const [github] = await home.findings("network");
    expect(github?.state).toBe("warning");
    expect(github?.text).toMatch(/certificate ends in [45] days/);
    expect(github?.remedy).toContain("Acme");
  });
});
