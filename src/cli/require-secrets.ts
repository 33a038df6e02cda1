import type { App } from "../app/app.js";
import { connectionSecret, telegramSecret, toSetRemedy } from "../secrets/secret-store.js";
import { isFailure } from "../domain/failure.js";
import { CliError, exitCode } from "./exit-code.js";

/** Ends with exit code 4 and the names of every token that is missing, before anything is asked of anybody. */
export async function requireSecrets(app: App): Promise<void> {
  const { config } = app.options;
  const names = [telegramSecret, ...config.connections.map((connection) => connectionSecret(connection.id))];
  const missing: string[] = [];
  for (const name of names) {
    if (!(await hasSecret(app, name))) missing.push(name);
  }
  if (missing.length === 0) return;
  throw new CliError(
    exitCode.token,
    `${missing.length === 1 ? "This token is" : "These tokens are"} missing in the store “${config.secrets.store}”: ${missing.join(", ")}.`,
    missing.map((name) => toSetRemedy(app.options.secrets, name)).join("\n"),
  );
}

async function hasSecret(app: App, name: string): Promise<boolean> {
  try {
    return await app.credentials.has(name);
  } catch (error) {
    if (isFailure(error)) throw new CliError(exitCode.token, error.message, error.remedy);
    throw error;
  }
}
