import type { Command } from "commander";
import type { Config } from "../../config/load.js";
import { nearest } from "../../lib/nearest.js";
import { SecretStoreError, type SecretStore } from "../../secrets/secret-store.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput } from "../output.js";
import { readSecret } from "../prompt.js";
import { neededSecrets } from "../registry.js";
import { requireSettings } from "../settings.js";

export function register(command: Command, context: CliContext): void {
  command.addHelpText(
    "after",
    "\nNames: telegram, connection/<id>, member/<telegram id>/<connection id>\n\nExample:\n  gitnotify secrets set telegram",
  );
  command
    .command("list")
    .description("print the names of the secrets, and which are still missing; never their values")
    .addHelpText("after", "\nExample:\n  gitnotify secrets list --json")
    .action(() => list(context));
  command
    .command("set")
    .argument("<name>", "telegram, connection/<id> or member/<telegram id>/<connection id>")
    .description("store a secret; it is asked for, or read from stdin, and never taken from the command line")
    .addHelpText("after", "\nExample:\n  gitnotify secrets set connection/work < token.txt")
    .action((name: string) => set(context, name));
  command
    .command("remove")
    .argument("<name>", "as `gitnotify secrets list` prints it")
    .description("remove a secret from the store; the token itself stays valid on its platform")
    .addHelpText("after", "\nExample:\n  gitnotify secrets remove connection/work")
    .action((name: string) => remove(context, name));
}

async function list(context: CliContext): Promise<void> {
  const output = createOutput(context);
  const { store, expected } = await open(context);
  const stored = await tell(store.list());
  const names = [...new Set([...expected, ...stored])];
  const secrets = names.map((name) => ({
    name,
    stored: stored.includes(name),
    expected: expected.includes(name),
  }));
  await output.data({ store: store.id, secrets }, () =>
    output.table(
      ["name", "state"],
      secrets.map((secret) => [secret.name, describeState(secret)]),
    ),
  );
}

function describeState(secret: { name: string; stored: boolean; expected: boolean }): string {
  if (!secret.stored) return "missing";
  // Members link accounts in the bot, which config.yaml knows nothing of.
  const isUsed = secret.expected || secret.name.startsWith("member/");
  return isUsed ? "stored" : "stored, not used by config.yaml";
}

async function set(context: CliContext, name: string): Promise<void> {
  const { store, config, expected } = await open(context);
  checkName(name, config, expected);
  const value = await readSecret(context.io, `Value of ${name} (it is not shown): `);
  await tell(store.set(name, value));
  createOutput(context).note(`Stored ${name} in ${store.id}.`);
}

async function remove(context: CliContext, name: string): Promise<void> {
  const { store, expected } = await open(context);
  if (!(await tell(store.delete(name)))) {
    const near = nearest(name, [...expected, ...(await tell(store.list()))]);
    throw new CliError(
      exitCode.failed,
      `there is no secret "${name}" in ${store.id}`,
      near === undefined ? "`gitnotify secrets list` prints the names." : `Did you mean: ${near}`,
    );
  }
  createOutput(context).note(`Removed ${name} from ${store.id}.`);
}

interface Opened {
  store: SecretStore;
  config: Config;
  /** The names that config.yaml needs. */
  expected: string[];
}

async function open(context: CliContext): Promise<Opened> {
  const [{ home, config }, registry] = await Promise.all([requireSettings(context), context.registry()]);
  const store = registry.openSecretStore({ home, config, env: context.env });
  return { store, config, expected: neededSecrets(config) };
}

/** A token under a name that nothing reads would look stored and never work. */
function checkName(name: string, config: Config, expected: string[]): void {
  const [kind, ...rest] = name.split("/");
  const [telegramId = "", connection = ""] = rest;
  const isMember = kind === "member" && rest.length === 2 && /^[1-9]\d*$/.test(telegramId);
  if (expected.includes(name)) return;
  if (isMember && config.connections.some(({ id }) => id === connection)) return;
  const near = nearest(name, expected);
  throw new CliError(
    exitCode.usage,
    `nothing uses a secret called "${name}"`,
    near === undefined ? `config.yaml uses ${expected.join(", ")}.` : `Did you mean: ${near}`,
  );
}

async function tell<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SecretStoreError) throw new CliError(exitCode.failed, error.message, error.remedy);
    throw error;
  }
}
