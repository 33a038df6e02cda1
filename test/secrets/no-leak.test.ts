import fc from "fast-check";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { expect, it } from "vitest";
import { createEnvStore } from "../../src/secrets/env.js";
import { createFileStore } from "../../src/secrets/file.js";
import { createKeyringStore } from "../../src/secrets/keyring.js";
import { SecretStoreError, type SecretStore } from "../../src/secrets/secret-store.js";
import { createSystemdStore } from "../../src/secrets/systemd.js";

/** Ways in which a store fails. Each has `value` where the store could come across it. */
type Failing = (folder: string, value: string) => Promise<SecretStore>;

const failures: Record<string, Failing> = {
  "the environment": async (_folder, value) =>
    createEnvStore({ env: { GITNOTIFY_SECRET_TELEGRAM: value }, names: () => ["telegram"] }),
  "an open file of the environment": async (folder, value) => {
    const path = join(folder, "token");
    writeFileSync(path, value);
    chmodSync(path, 0o644);
    return createEnvStore({ env: { GITNOTIFY_SECRET_TELEGRAM_FILE: path }, names: () => ["telegram"] });
  },
  "credentials of systemd": async (folder, value) => {
    writeFileSync(join(folder, "gitnotify.telegram"), value);
    return createSystemdStore({ env: { CREDENTIALS_DIRECTORY: folder } });
  },
  "a keyring that fails": async (folder) =>
    createKeyringStore({
      namesFile: join(folder, "names.json"),
      scope: "",
      platform: "linux",
      openEntry: async () => ({
        getPassword: () => Promise.reject(new Error("locked collection")),
        setPassword: () => Promise.reject(new Error("something new")),
        deletePassword: () => Promise.reject(new Error("d-bus")),
      }),
    }),
  "a keyring that gives another value": async (folder, value) =>
    createKeyringStore({
      namesFile: join(folder, "names.json"),
      scope: "",
      platform: "linux",
      openEntry: async () => ({
        getPassword: async () => `${value}x`,
        setPassword: async () => undefined,
        deletePassword: async () => true,
      }),
    }),
  "a file of text": async (folder, value) => {
    const path = join(folder, "secrets.enc");
    writeFileSync(path, value, { mode: 0o600 });
    return createFileStore({ path, env: {} });
  },
  "a file with the wrong passphrase": async (folder, value) => {
    const path = join(folder, "secrets.enc");
    const keyFile = join(folder, "my.key");
    await createFileStore({ path, keyFile, env: {} }).set("telegram", value);
    writeFileSync(keyFile, `${value} `);
    return createFileStore({ path, keyFile, env: {} });
  },
  "a file whose folder is none": async (folder, value) => {
    const path = join(folder, "file", "secrets.enc");
    writeFileSync(dirname(path), value, { mode: 0o600 });
    return createFileStore({ path, env: {} });
  },
  "a file that is a folder": async (folder) => {
    const path = join(folder, "secrets.enc");
    mkdirSync(path);
    return createFileStore({ path, env: {} });
  },
};

it.each(Object.keys(failures))(
  "no error of %s shows a value, whatever the value is",
  async (name) => {
    // Long enough not to be a word of the sentence by chance.
    const values = fc.oneof(fc.string({ minLength: 12, maxLength: 60 }), fc.base64String({ minLength: 16 }));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(values, async (text) => {
        const value = `c${text.replace(/\s/g, "_")}y`;
        const folder = mkdtempSync(join(tmpdir(), "leak-"));
        const store = await failures[name]!(folder, value);
        const calls = [
          () => store.get("telegram"),
          () => store.set("telegram", value),
          () => store.delete("telegram"),
          () => store.list(),
          () => store.probe?.() ?? Promise.resolve(),
        ];
        for (const call of calls) {
          const error: unknown = await call().catch((thrown: unknown) => thrown);
          if (!(error instanceof Error)) continue;
          refused += 1;
          expect(error).toBeInstanceOf(SecretStoreError);
          expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(value);
          expect(`${error.message}${(error as SecretStoreError).remedy}`).not.toContain(value);
        }
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 15 },
    );
    expect(refused).toBeGreaterThanOrEqual(15);
  },
  60_000,
);
