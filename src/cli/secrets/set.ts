import type { Config } from "../../config/load.js";
import { nearest } from "../../lib/nearest.js";
import { toSetRemedy } from "../../secrets/secret-store.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput } from "../output.js";
import { readSecret } from "../prompt.js";
import { openSecrets, tell } from "./open.js";

/** Whatever stands in the way is told before a value is asked for: nobody pastes a token for nothing. */
export async function set(context: CliContext, name: string): Promise<void> {
  const { store, config, expected } = await openSecrets(context);
  checkName(name, config, expected);
  if (store.readOnly) {
    const message = `the secret ${name} is in the store “${store.id}”, which gitnotify can read and not change`;
    throw new CliError(exitCode.failed, message, toSetRemedy(store, name));
  }
  await tell(store.probe?.());
  const value = await readSecret(context.io, `Value of ${name} (it is not shown): `);
  await tell(store.set(name, value));
  const output = createOutput(context);
  await output.data({ stored: name, store: store.id }, () => output.note(`Stored ${name} in ${store.id}.`));
}

/** A token under a name that nothing reads would look stored and never work. */
function checkName(name: string, config: Config, expected: string[]): void {
  const [kind, ...rest] = name.split("/");
  const [telegramId = "", connection = ""] = rest;
  const isMember = kind === "member" && rest.length === 2 && /^[1-9]\d*$/.test(telegramId);
  if (expected.includes(name)) return;
  if (isMember && config.connections.some(({ id }) => id === connection)) return;
  const ofConnection = `connection/${name}`;
  const near = expected.includes(ofConnection) ? ofConnection : nearest(name, expected);
  throw new CliError(
    exitCode.usage,
    `nothing uses a secret called “${name}”`,
    near === undefined ? `config.yaml uses ${expected.join(", ")}.` : `Did you mean: ${near}`,
  );
}
