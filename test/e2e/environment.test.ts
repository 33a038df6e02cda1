import { spawn, spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { eventually, ownerChat, startSurroundings, tokens, type Surroundings } from "./harness.js";
import { environmentOf, executable } from "./process.js";

vi.setConfig({ testTimeout: 60_000 });

let world: Surroundings;
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(async () => {
  await world.close();
});

const secrets = () => [world.telegram.token, tokens.github, tokens.gitlab];

function start(more: Record<string, string>, flags: string[] = []) {
  writeFileSync(join(world.home, "config.yaml"), world.config(), { mode: 0o600 });
  const env = { ...environmentOf(world), ...more };
  const child = spawn(process.execPath, [...flags, executable, "--home", world.home, "start"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, printed: () => printed, ended };
}

function configPath(more: Record<string, string>, flags: string[] = []) {
  const words = [...flags, executable, "--home", world.home, "config", "path"];
  return spawnSync(process.execPath, words, { env: { ...environmentOf(world), ...more }, encoding: "utf8" });
}

describe("a daemon in an environment that would give its tokens away", () => {
  it.each(["undici", "fetch,net,tls,http,http2", "UNDICI,child_process", "und*"])(
    "prints no token with NODE_DEBUG=%s, and says so",
    async (sections) => {
      const daemon = start({ NODE_DEBUG: sections });
      await eventually(() => ownerChat(world).length > 0, { describe: daemon.printed });
      daemon.child.kill("SIGTERM");
      expect(await daemon.ended).toBe(0);
      for (const secret of secrets()) expect(daemon.printed()).not.toContain(secret);
      expect(daemon.printed().match(/NODE_DEBUG is ignored/g)).toHaveLength(1);
    },
  );

  it.skipIf(process.platform === "win32")("leaves its secrets out of a report of Node", async () => {
    const folder = `--report-directory=${world.home}`;
    const daemon = start({ GITNOTIFY_PASSPHRASE: "open sesame" }, ["--report-on-signal", folder]);
    await eventually(() => ownerChat(world).length > 0, { describe: daemon.printed });
    const reports = () => readdirSync(world.home).filter((name) => /^report.*json$/.test(name));
    daemon.child.kill("SIGUSR2");
    const [report = ""] = await eventually(() => (reports().length > 0 ? reports() : undefined));
    daemon.child.kill("SIGTERM");
    await daemon.ended;
    const text = readFileSync(join(world.home, report), "utf8");
    expect(text).toContain("javascriptStack");
    for (const secret of [...secrets(), "open sesame"]) expect(text).not.toContain(secret);
  });

  it.each<[Record<string, string>, string[], string]>([
    [{ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, [], "caFile"],
    [{ NODE_OPTIONS: "--no-warnings --tls-keylog=/dev/null" }, [], "--tls-keylog"],
    [{}, ["--trace-tls"], "--trace-tls"],
    [{ NODE_DEBUG: "net,str*" }, [], "section `stream`"],
  ])("is refused with 3 under %j %j", (more, flags, named) => {
    const { status, stdout, stderr } = configPath(more, flags);
    expect([status, stdout]).toEqual([3, ""]);
    expect(stderr).toContain(named);
    for (const secret of secrets()) expect(stderr).not.toContain(secret);
  });

  it.each<Record<string, string>>([
    { NODE_TLS_REJECT_UNAUTHORIZED: "1" },
    { NODE_OPTIONS: "--no-warnings" },
    { NODE_DEBUG: "undicious" },
  ])("goes on under %j, without a word", (more) => {
    expect(configPath(more)).toMatchObject({ status: 0, stderr: "" });
  });
});

it.skipIf(process.platform === "win32")("closes a home that others could change, and says so", async () => {
  chmodSync(world.home, 0o777);
  writeFileSync(join(world.home, "gitnotify.db"), "", { mode: 0o600 });
  chmodSync(join(world.home, "gitnotify.db"), 0o666);
  const daemon = start({});
  await eventually(() => ownerChat(world).length > 0, { describe: daemon.printed });
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
  const modes = [world.home, join(world.home, "gitnotify.db")].map((path) => statSync(path).mode & 0o777);
  expect(modes).toEqual([0o755, 0o600]);
  expect(daemon.printed().match(/Other users of this machine could reach this/g)).toHaveLength(2);
});
