import { once } from "node:events";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "../../src/domain/failure.js";
import { HttpError } from "../../src/lib/http.js";
import { createLogger, type LoggerOptions } from "../../src/lib/logger.js";
import { createSecretRegistry } from "../../src/lib/redaction.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "logger-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function capture(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}

async function aLogger(options: Partial<LoggerOptions> = {}) {
  const output = capture();
  const logger = await createLogger({
    level: "info",
    console: "json",
    redact: (text) => text,
    stream: output.stream,
    now: () => at,
    ...options,
  });
  return {
    logger,
    text: output.text,
    lines: () =>
      output
        .text()
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe("lines", () => {
  it("are JSON with time, level, message and the fields", async () => {
    const { logger, lines } = await aLogger();
    logger.warn("poll failed", { source: "inbox", count: 3, level: "mine", at: new Date(at) });
    expect(lines()).toEqual([
      {
        time: "2026-01-02T03:04:05.678Z",
        level: "warn",
        message: "poll failed",
        source: "inbox",
        count: 3,
        at: "2026-01-02T03:04:05.678Z",
      },
    ]);
  });

  it("are readable in a terminal and obey no control characters", async () => {
    const { logger, text } = await aLogger({ console: "pretty" });
    logger.info("title: \u001b[2Jhidden\nfake line", { project: "acme/api", error: new Error("two words") });
    expect(text()).toBe(
      '2026-01-02 03:04:05 INFO  title: \\u001b[2Jhidden\\nfake line project=acme/api error={"name":"Error","message":"two words"}\n',
    );
  });

  it("are left out below the level, which can be changed", async () => {
    const { logger, lines } = await aLogger();
    logger.debug("no");
    logger.setLevel("debug");
    logger.debug("yes");
    logger.setLevel("error");
    logger.warn("no");
    expect(lines().map(({ message }) => message)).toEqual(["yes"]);
  });

  it("survive fields that cannot be written", async () => {
    const { logger, lines } = await aLogger();
    const circle: Record<string, unknown> = {
      big: 10n,
      call: () => 1,
      bytes: new Uint8Array(3),
      map: new Map([["a", 1]]),
    };
    circle["self"] = circle;
    logger.info("odd", { circle, bad: new Date(Number.NaN) });
    logger.info("worse", { get trap() { throw new Error("no"); } }); // prettier-ignore
    expect(lines()[0]).toMatchObject({
      circle: { big: "10", call: "[function]", bytes: "[3 bytes]", map: [["a", 1]], self: "[circular]" },
      bad: "[invalid date]",
    });
    expect(lines()[1]).toMatchObject({ message: "worse" });
  });
});

describe("errors in fields", () => {
  it("are rebuilt from their safe fields, with the stack at debug alone", async () => {
    const { logger, lines } = await aLogger();
    const cause = new HttpError("tls", { message: "bad certificate", host: "h", sent: false });
    Object.assign(cause, { request: { headers: { authorization: "Bearer canary" } } });
    logger.error("x", { error: new Failure("unreachable", { message: "gone", remedy: "wait", cause }) });
    logger.setLevel("debug");
    logger.error("x", { error: new Error("plain") });
    expect(lines()[0]!["error"]).toEqual({
      name: "Failure",
      kind: "unreachable",
      message: "gone",
      remedy: "wait",
      cause: { name: "HttpError", code: "tls", message: "bad certificate", host: "h", sent: false },
    });
    expect(lines()[1]!["error"]).toHaveProperty("stack", expect.stringContaining("logger.test") as string);
  });

  it("and headers do not show credentials that are not known as secrets", async () => {
    const { logger, text } = await aLogger();
    logger.info("x", {
      headers: { "PRIVATE-TOKEN": "canary", Authorization: "canary", accept: "json" },
      token: "canary",
    });
    expect(text()).not.toContain("canary");
    expect(text()).toContain("json");
  });
});

describe("redaction", () => {
  it("is done over the whole line in every outlet", async () => {
    const secrets = createSecretRegistry();
    const path = join(folder, "daemon.log");
    const { logger, text } = await aLogger({
      redact: secrets.redact,
      file: { path, maxBytes: 1e6, maxFiles: 2 },
    });
    const secret = 'tok"en\\value';
    secrets.add(secret);
    logger.error(`in the message ${secret}`, {
      deep: { [secret]: [secret] },
      error: new Error(`https://x/bot${encodeURIComponent(secret)}/y`),
    });
    await logger.close();
    for (const written of [text(), readFileSync(path, "utf8")]) {
      expect(written).not.toMatch(/tok.*en|value/);
      expect(written.split("***").length).toBe(5);
    }
  });
});

describe("the file", () => {
  it("holds every line when the logger is closed, readable by its owner alone", async () => {
    const path = join(folder, "deep", "daemon.log");
    const { logger } = await aLogger({ console: "none", file: { path, maxBytes: 10e6, maxFiles: 2 } });
    for (let index = 0; index < 2_000; index += 1) logger.info(`line ${index}`);
    await logger.close();
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines.length).toBe(2_000);
    expect(JSON.parse(lines[1_999]!)).toMatchObject({ message: "line 1999" });
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is put aside when it is full, and only so many are kept", async () => {
    const { logger } = await aLogger({
      console: "none",
      file: { path: join(folder, "daemon.log"), maxBytes: 5_000, maxFiles: 3 },
    });
    for (let index = 0; index < 400; index += 1) {
      logger.info(`line ${index} ${"x".repeat(50)}`);
      if (index % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await logger.close();
    expect(readdirSync(folder).length).toBeLessThanOrEqual(3);
    const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(total).toBeLessThanOrEqual(15_000);
    expect(readFileSync(join(folder, "daemon.log"), "utf8")).toContain("line 399");
  });

  it.skipIf(process.platform !== "linux")(
    "on a full disk stops neither the process nor the console",
    async () => {
      const path = join(folder, "full.log");
      symlinkSync("/dev/full", path);
      const { logger, lines } = await aLogger({ file: { path, maxBytes: 1e6, maxFiles: 2 } });
      for (let round = 0; round < 20; round += 1) {
        for (let index = 0; index < 100; index += 1) logger.info(`line ${round}-${index} ${"x".repeat(200)}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await logger.close();
      const messages = lines().map(({ message }) => String(message));
      expect(messages.filter((message) => message.startsWith("line")).length).toBe(2_000);
      expect(messages.filter((message) => message.includes("log file cannot be written")).length).toBe(1);
    },
  );

  it.skipIf(process.platform !== "linux")("takes lines again when the disk has room again", async () => {
    const path = join(folder, "full.log");
    symlinkSync("/dev/full", path);
    const { logger } = await aLogger({ file: { path, maxBytes: 1e6, maxFiles: 2 } });
    logger.info("lost");
    await new Promise((resolve) => setTimeout(resolve, 50));
    rmSync(path);
    logger.info("kept");
    await logger.close();
    const written = readFileSync(path, "utf8");
    expect(written).toContain("kept");
    expect(written).not.toContain("lost");
  });

  it("goes on in the file that an earlier run left", async () => {
    const path = join(folder, "daemon.log");
    for (const message of ["first run", "second run"]) {
      const { logger } = await aLogger({ file: { path, maxBytes: 1e6, maxFiles: 2 } });
      logger.info(message);
      await logger.close();
    }
    expect(readFileSync(path, "utf8").trimEnd().split("\n").length).toBe(2);
  });

  it("in a folder that cannot be made is said once on the console", async () => {
    writeFileSync(join(folder, "plain"), "");
    const { logger, lines } = await aLogger({
      file: { path: join(folder, "plain", "daemon.log"), maxBytes: 1e6, maxFiles: 2 },
    });
    logger.info("still here");
    await logger.close();
    const messages = lines().map(({ message }) => message);
    expect(messages.length).toBe(2);
    expect(messages).toContain("still here");
    expect(messages).toContainEqual(expect.stringContaining("log file cannot be written"));
  });
});

describe("the console", () => {
  it("whose reader goes away takes lines as before, and nothing is thrown", async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const stream = connect((server.address() as AddressInfo).port, "127.0.0.1");
    await once(stream, "connect");
    const errors: unknown[] = [];
    stream.on("error", (error) => errors.push(error));
    const { logger } = await aLogger({ stream });
    // The listener of this test would hide a missing one in the logger.
    expect(stream.listenerCount("error")).toBe(2);
    for (let index = 0; index < 50; index += 1) {
      logger.info("x".repeat(1_000));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await logger.close();
    server.close();
    expect(errors.length).toBeLessThanOrEqual(1);
    expect(stream.destroyed).toBe(true);
  });

  it("that takes nothing does not hold up closing", async () => {
    const stuck = new Writable({ write: () => undefined });
    const { logger } = await aLogger({ stream: stuck });
    logger.info("never taken");
    const started = performance.now();
    await logger.close();
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});
