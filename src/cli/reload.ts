import type { App } from "../app/app.js";
import { type Rebuilt, ReloadError } from "../app/run-reloading.js";
import { describeChanges } from "../app/setting-changes.js";
import { isFailure } from "../domain/failure.js";
import type { CliContext } from "./context.js";
import { CliError } from "./exit-code.js";
import type { Ground } from "./open-app.js";
import { requireSecrets } from "./require-secrets.js";
import { describeProblem, readSettings } from "./settings.js";

export interface Reloading {
  context: CliContext;
  ground: Ground;
  /** The daemon is stopping: nobody waits for an answer any more. */
  signal: AbortSignal;
}

/** Telegram is asked whether it knows the bot; one that is silent for longer is taken for unreachable. */
const patienceMs = 10_000;

/** An app from config.yaml and the secrets as they are now, checked as far as a start checks them. Rejects with `ReloadError`. */
export async function rebuild(reloading: Reloading, current: App): Promise<Rebuilt> {
  const { context, ground, signal } = reloading;
  const { home, loaded } = await readSettings(context);
  if (!loaded.ok)
    throw new ReloadError(
      loaded.problems.map((problem) => describeProblem(problem).replace(/\n\s*/g, " – ")),
    );
  // An editor that writes a new file in place of the old one may leave a moment without any.
  if (!loaded.exists && ground.settings.exists)
    throw new ReloadError([`There is no ${home.configFile} any more.`]);
  const { config } = loaded;
  const app = await ground.build(config);
  try {
    await requireSecrets(app);
    await requireBot(app, AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
  } catch (error) {
    await app.close();
    throw toReloadError(error);
  }
  return {
    app,
    changes: describeChanges(current.options.config, config),
    takeEffect: () => ground.log.setLevel(context.globals().logLevel ?? config.logging.level),
  };
}

/** A start with a refused token ends the daemon; a reload with one must not. An outage is waited out afterwards. */
async function requireBot(app: App, signal: AbortSignal): Promise<void> {
  try {
    await app.telegram.api.getMe(signal);
  } catch (error) {
    if (isFailure(error) ? error.kind === "unauthorized" : !signal.aborted) throw error;
  }
}

function toReloadError(error: unknown): unknown {
  if (!isFailure(error) && !(error instanceof CliError)) return error;
  return new ReloadError([error.remedy === undefined ? error.message : `${error.message} ${error.remedy}`]);
}
