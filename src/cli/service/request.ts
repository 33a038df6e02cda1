import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import * as z from "zod";
import { features } from "../../domain/feature.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { withStore } from "../open-store.js";
import { requireSettings } from "../settings.js";

const rule = z.strictObject({
  to: z.union([
    z.literal("owner"),
    z.strictObject({ member: z.string() }),
    z.strictObject({ chat: z.string(), topic: z.string().optional() }),
  ]),
  projects: z.array(z.string()).optional(),
  features: z.array(z.enum(features.map(({ name }) => name))),
  filter: z.string(),
  createdBy: z.string().optional(),
});

/**
 * What a system service takes over from the person who sets it up. It goes from their process, which reads their keyring,
 * to one of root by a pipe, so that no value is on a command line, in the environment or on the disk.
 */
const requestSchema = z.strictObject({
  /** Files for its home by name: config.yaml, certificates. */
  files: z.record(z.string().regex(/^[\w.-]+$/), z.string()),
  /** Values by the name of the secret; null: the person's store has none. */
  secrets: z.record(z.string(), z.string().nullable()),
  /** The subscriptions of their database. */
  rules: z.array(rule).default([]),
});

export type SystemRequest = z.output<typeof requestSchema>;

export function parseRequest(text: string): SystemRequest {
  try {
    return requestSchema.parse(JSON.parse(text));
  } catch {
    throw new CliError(
      exitCode.usage,
      "what came over the pipe is no request of `gitnotify service install --system`",
    );
  }
}

/** The settings and secrets of the person who runs this; null when nothing is set up for them. Without `values` only the names. */
export async function gatherRequest(
  context: CliContext,
  { values }: { values: boolean },
): Promise<SystemRequest | null> {
  const settings = await requireSettings(context);
  if (!settings.exists) return null;
  const { home, config } = settings;
  const registry = await context.registry();
  const [{ neededSecrets }, { SecretStoreError }] = await Promise.all([
    import("../registry.js"),
    import("../../secrets/secret-store.js"),
  ]);
  const files = await toSystemFiles(home.configFile);
  // Without values this is a look, which leaves the database alone.
  const rules = values ? await readRules(context) : [];
  const needed = neededSecrets(config);
  if (config.secrets.store === "systemd" || !values) {
    return { files, rules, secrets: Object.fromEntries(needed.map((name) => [name, null])) };
  }
  try {
    const store = registry.openSecretStore({ home, config, env: context.env });
    const ofMembers = (await store.list()).filter((name) => name.startsWith("member/"));
    const secrets: SystemRequest["secrets"] = {};
    for (const name of [...needed, ...ofMembers]) secrets[name] = await store.get(name);
    return { files, secrets, rules };
  } catch (error) {
    if (error instanceof SecretStoreError) throw new CliError(exitCode.failed, error.message, error.remedy);
    throw error;
  }
}

async function readRules(context: CliContext): Promise<SystemRequest["rules"]> {
  const { listSubscriptions } = await import("../../store/subscriptions.js");
  const rules = await withStore(context, async ({ store }) =>
    store === null ? [] : listSubscriptions(store.db),
  );
  return rules.map(({ to, projects, features: told, filter, createdBy }) => ({
    ...{ to, projects, features: told, filter, createdBy },
  }));
}

/** config.yaml with its secrets in systemd's store and every certificate file beside it, where the service may read. */
async function toSystemFiles(configFile: string): Promise<Record<string, string>> {
  const [{ setValue }, { default: yaml }] = await Promise.all([
    import("../../config/edit.js"),
    import("yaml"),
  ]);
  let text = readFileSync(configFile, "utf8");
  const files: Record<string, string> = {};
  for (const path of findKeys(yaml.parse(text), "caFile")) {
    const source = resolve(dirname(configFile), path.value);
    const name = uniqueName(files, basename(source).replace(/[^\w.-]/g, "_"));
    files[name] = readCertificate(source);
    text = setValue(text, path.keys, name);
  }
  text = setValue(text, ["secrets"], { store: "systemd" });
  return { ...files, "config.yaml": text };
}

function readCertificate(path: string): string {
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw new CliError(
    exitCode.configInvalid,
    `the certificate file ${path} does not exist`,
    "Mend `caFile` in config.yaml.",
  );
}

function uniqueName(taken: Record<string, string>, name: string): string {
  let unique = name === "config.yaml" ? "ca-config.yaml" : name;
  for (let number = 2; unique in taken; number += 1) unique = `${number}-${name}`;
  return unique;
}

interface Found {
  keys: Array<string | number>;
  value: string;
}

/** Every place of a key whose value is text, wherever it is. */
function findKeys(tree: unknown, key: string, above: Array<string | number> = []): Found[] {
  if (Array.isArray(tree)) return tree.flatMap((item, index) => findKeys(item, key, [...above, index]));
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([name, value]: [string, unknown]) => {
    const keys = [...above, name];
    return name === key && typeof value === "string" ? [{ keys, value }] : findKeys(value, key, keys);
  });
}
