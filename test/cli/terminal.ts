import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach } from "vitest";
import type { CliIo } from "../../src/cli/context.js";
import type { Registry } from "../../src/cli/registry.js";
import { runCli, type RunOptions } from "../../src/cli/run.js";
import { platformIds, routesOf } from "../../src/platforms/index.js";
import type { SecretStore } from "../../src/secrets/secret-store.js";

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** A terminal or a pipe in memory. */
export function createIo(options: { isTTY?: boolean; columns?: number; input?: string } = {}) {
  const stdin: CliIo["stdin"] = new PassThrough();
  if (options.input !== undefined && stdin instanceof PassThrough) stdin.end(options.input);
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const io: CliIo = { stdin, stdout, stderr, isTTY: options.isTTY === true, columns: options.columns };
  const textOf = (stream: PassThrough) => String((stream.read() as Buffer | null) ?? "");
  return { io, read: () => ({ stdout: textOf(stdout), stderr: textOf(stderr) }) };
}

export async function run(
  argv: string[],
  options: Partial<RunOptions> & { isTTY?: boolean; columns?: number; input?: string } = {},
): Promise<Ran> {
  const { io, read } = createIo(options);
  const code = await runCli({ argv, env: {}, io, ...options });
  return { code, ...read() };
}

/** A new folder for each test. */
export function useFolder(): { readonly path: string } {
  const folder = { path: "" };
  beforeEach(() => void (folder.path = mkdtempSync(join(tmpdir(), "gitnotify-cli-"))));
  afterEach(() => rmSync(folder.path, { recursive: true }));
  return folder;
}

/** A registry whose only store is a map. */
export function aRegistry(values: Map<string, string>): () => Promise<Registry> {
  const store: SecretStore = {
    id: "keyring",
    readOnly: false,
    get: async (name) => values.get(name) ?? null,
    set: async (name, value) => void values.set(name, value),
    delete: async (name) => values.delete(name),
    list: async () => [...values.keys()],
  };
  return async () => ({
    platformIds,
    routes: routesOf,
    secretStoreIds: ["keyring"],
    openSecretStore: () => store,
  });
}
