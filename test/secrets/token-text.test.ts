import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSecrets } from "../../src/cli/init/flags.js";
import { cleanToken } from "../../src/cli/init/token-kind.js";
import { readSecret } from "../../src/cli/prompt.js";
import { createFileStore } from "../../src/secrets/file.js";
import { createSecretStore, type SecretContext } from "../../src/secrets/index.js";
import { createIo } from "../cli/terminal.js";

const token = "glpat-Abc_123-xyz.01.0w1";

const dirty: ReadonlyArray<readonly [string, string]> = [
  ["nothing", token],
  ["a line end", `${token}\n`],
  ["a line end of Windows", `${token}\r\n`],
  ["a carriage return", `${token}\r`],
  ["several line ends", `\n${token}\n\n`],
  ["a byte order mark", `\ufeff${token}`],
  ["a byte order mark behind it", `${token}\ufeff\n`],
  ["a zero-width space", `\u200b${token}\u200b`],
  ["spaces and tabs", ` \t${token} `],
  ["quotation marks", `"${token}"`],
  ["single quotation marks and a line end", `'${token}'\n`],
  ["typographic quotation marks", `“${token}”`],
  ["Bearer", `Bearer ${token}`],
  ["Bearer in quotation marks", `"bearer ${token}"\r\n`],
  ["a whole header", `Authorization: Bearer ${token}`],
  ["the name of its variable", `export GITLAB_TOKEN="${token}"`],
];

/** Each with words that its sentence has. */
const hopeless: ReadonlyArray<readonly [string, string, RegExp]> = [
  ["two lines", `${token}\n${token}`, /line break/],
  ["a space inside", `${token.slice(0, 6)} ${token.slice(6)}`, /space/],
  ["a control character", `${token.slice(0, 6)}\u0001${token.slice(6)}`, /characters|plain letters/],
  ["another alphabet", `${token}я`, /characters|plain letters/],
  ["UTF-16 that was read as UTF-8", `\ufffd\ufffd${[...token].join("\u0001")}`, /UTF-16/],
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gitnotify-token-"));
});
afterEach(() => rm(folder, { recursive: true }));

function aContext(env: Record<string, string>): SecretContext {
  return {
    env,
    names: () => ["telegram"],
    namesFile: join(folder, "names.json"),
    storeFile: join(folder, "secrets.enc"),
    scope: "",
  };
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** What a daemon gets of a text that lies in a store. */
const stored: Record<string, (text: string) => Promise<string | null>> = {
  "a variable": (text) =>
    createSecretStore("env", aContext({ GITNOTIFY_SECRET_TELEGRAM: text })).get("telegram"),
  "a file of a variable": (text) =>
    createSecretStore("env", aContext({ GITNOTIFY_SECRET_TELEGRAM_FILE: write("token", text) })).get(
      "telegram",
    ),
  "a credential of systemd": (text) => {
    write("gitnotify.telegram", text);
    return createSecretStore("systemd", aContext({ CREDENTIALS_DIRECTORY: folder })).get("telegram");
  },
  "the encrypted file, as an older gitnotify wrote it": async (text) => {
    await createFileStore({ path: join(folder, "secrets.enc"), env: {} }).set("telegram", text);
    return createSecretStore("file", aContext({})).get("telegram");
  },
  "the encrypted file": async (text) => {
    await createSecretStore("file", aContext({})).set("telegram", text);
    return createFileStore({ path: join(folder, "secrets.enc"), env: {} }).get("telegram");
  },
  "`secrets set` through a pipe": (text) => {
    const { io } = createIo();
    (io.stdin as PassThrough).end(text);
    return readSecret(io, "?");
  },
};

describe.each(Object.entries(stored))("a token out of %s", (_place, read) => {
  it.each(dirty)("is clean where %s came along", async (_name, text) => {
    expect(await read(text)).toBe(token);
  });

  it.each(hopeless)(
    "is refused with a sentence, and not shown, where it is %s",
    async (_name, text, words) => {
      const error: unknown = await read(text).then(
        (value) => new Error(`it was taken: ${value}`),
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ message: expect.stringMatching(words) as string });
      expect((error as { remedy: string }).remedy).toContain("Give the token alone.");
      expect(JSON.stringify(error) + String(error)).not.toContain(token.slice(6));
    },
  );
});

it("takes quotation marks around nothing for no token", async () => {
  expect(await stored["a variable"]!(`""`)).toBeNull();
  await expect(stored["`secrets set` through a pipe"]!(`""\n`)).rejects.toThrow("nothing was given");
  await expect(stored["the encrypted file"]!(" ")).rejects.toThrow("is empty");
});

it("leaves a token alone that begins like the name of a variable and ends with =", () => {
  expect(cleanToken("ABCDEF=")).toBe("ABCDEF=");
});

it.each(dirty.filter(([, text]) => !/\r(?!\n)|^\n|\n./.test(text)))(
  "takes a line of --secrets-stdin with %s",
  async (_name, text) => {
    const { io } = createIo();
    (io.stdin as PassThrough).end(`\ufefftelegram=${text}`);
    expect(cleanToken((await readSecrets(io)).get("telegram") ?? "")).toBe(token);
  },
);
