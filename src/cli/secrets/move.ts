import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config/load.js";
import type { Home } from "../../config/home.js";
import { nearest } from "../../lib/nearest.js";
import { SecretStoreError, toSetRemedy, type SecretStore } from "../../secrets/secret-store.js";
import { toEncryptCommands } from "../../secrets/systemd.js";
import type { CliContext } from "../context.js";
import { change, findProblems, readConfigFile, reloadHint, writeConfigFile } from "../edit-config.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput } from "../output.js";
import { knownSecrets } from "../registry.js";
import { describeProblem } from "../settings.js";
import { copyAll, readAll, type Copied } from "./copy.js";
import { tell } from "./open.js";

interface Move {
  context: CliContext;
  home: Home;
  config: Config;
  source: SecretStore;
  target: SecretStore;
}

/**
 * Copies every secret to another store, reads each back, has config.yaml name that store, and only then removes them from the old
 * one. Until config.yaml is written, whatever fails leaves it and the old store as they were.
 */
export async function move(
  context: CliContext,
  to: string,
  { keep = false }: { keep?: boolean },
): Promise<void> {
  const plan = await prepare(context, to);
  const { home, source, target } = plan;
  const output = createOutput(context);
  if (source.id === target.id) {
    const nothing = { from: source.id, to, moved: [], kept: true };
    return output.data(nothing, () => output.note(`The secrets are in ${to} already.`));
  }
  if (target.readOnly) throw await refuse(plan);
  const isMoving = !keep && !source.readOnly;
  if (isMoving) await requireNoDaemon(home);
  await draftConfig(plan);
  await tell(target.probe?.());
  const values = await readSource(plan);
  const copied = await tell(copyAll(values, target));
  const { daemon } = await writeConfig(plan, copied);
  const report = { from: source.id, to: target.id, moved: copied.names, kept: !isMoving };
  await output.data(report, () => output.note(describeMoved(copied.names, plan)));
  if (isMoving) await removeAll(source, copied.names);
  else if (copied.names.length > 0 && !output.json) output.note(`They are still in ${source.id} too.`);
  if (daemon !== null) output.note(reloadHint(daemon));
}

async function prepare(context: CliContext, to: string): Promise<Move> {
  const [{ settings }, registry] = await Promise.all([readConfigFile(context), context.registry()]);
  if (!registry.secretStoreIds.includes(to)) {
    const near = nearest(to, registry.secretStoreIds);
    const remedy =
      near === undefined ? `There are ${registry.secretStoreIds.join(", ")}.` : `Did you mean: ${near}`;
    throw new CliError(exitCode.usage, `there is no secret store “${to}”`, remedy);
  }
  const { home, config } = settings;
  const open = (store: string) =>
    registry.openSecretStore({
      home,
      config: { ...config, secrets: { ...config.secrets, store } },
      env: context.env,
    });
  return { context, home, config, source: open(config.secrets.store), target: open(to) };
}

/** A store that only a person or the system fills: how, for each secret, without its value. */
async function refuse({ config, source, target }: Move): Promise<CliError> {
  const needed = knownSecrets(config).filter((name) => !name.startsWith("member/"));
  const names = [...new Set([...needed, ...(await listed(source))])];
  const message = `gitnotify cannot write to the store “${target.id}” by itself`;
  const remedy =
    target.id === "systemd"
      ? [
          "`sudo gitnotify service install --system` makes encrypted credentials of the secrets where they are now.",
          "By hand, one by one (each asks for the value), and then the same command for the unit that loads them:",
          ...toEncryptCommands(names),
        ]
      : [
          ...names.map((name) => toSetRemedy(target, name)),
          `Then set secrets: { store: ${target.id} } in config.yaml.`,
        ];
  return new CliError(exitCode.failed, message, remedy.join("\n"));
}

async function listed(store: SecretStore): Promise<string[]> {
  return store.list().catch(() => []);
}

/** It would find its tokens gone within a minute, and tell its owner that they are wrong. */
async function requireNoDaemon(home: Home): Promise<void> {
  if (!existsSync(join(home.stateDir, "daemon.lock"))) return;
  const { findDaemon } = await import("../../lib/daemon-lock.js");
  const pid = await findDaemon(home.stateDir);
  if (pid === null) return;
  throw new CliError(
    exitCode.alreadyRunning,
    `gitnotify runs${pid === 0 ? "" : ` (process ${pid})`} with the secrets where they are now`,
    "Stop it first (`gitnotify service stop`), or copy them with --keep and restart it.",
  );
}

/** The text of config.yaml with the new store; ends with what is in the way. It is made anew each time: people edit meanwhile. */
async function draftConfig({ context, home, target }: Move): Promise<string> {
  const text = existsSync(home.configFile) ? readFileSync(home.configFile, "utf8") : "";
  const draft = await change(home, (edit) => edit.setValue(text, ["secrets", "store"], target.id));
  const problems = await findProblems(context, home, draft);
  if (problems.length === 0) return draft;
  throw new CliError(exitCode.configInvalid, problems.map(describeProblem).join("\n"));
}

/**
 * A store that nothing was ever put into need not answer: who has no keyring wants away from it. Its list of names is a file
 * of ours, so that it is known without it.
 */
async function readSource({ config, source, target }: Move): Promise<Map<string, string>> {
  try {
    const names = await source.list();
    try {
      return await readAll(source, [...new Set([...names, ...knownSecrets(config)])]);
    } catch (error) {
      if (error instanceof SecretStoreError && names.length === 0 && !source.readOnly) return new Map();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof SecretStoreError)) throw error;
    const anew = `To leave them behind: set secrets: { store: ${target.id} } in config.yaml and store each token again with \`gitnotify secrets set\`.`;
    throw new CliError(
      exitCode.failed,
      `${error.message} Nothing was changed.`,
      `${withoutMove(error.remedy)}\n${anew}`,
    );
  }
}

/** The remedy of the keyring names this very command. */
function withoutMove(remedy: string): string {
  return remedy.replace(/,? or keep secrets elsewhere: `gitnotify secrets move file`\.$/, ".");
}

async function writeConfig(plan: Move, copied: Copied): Promise<{ daemon: number | null }> {
  try {
    return await writeConfigFile(plan.home, await draftConfig(plan));
  } catch (error) {
    const left = await copied.undo();
    if (error instanceof CliError) throw error;
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    const rest = left.length === 0 ? "" : ` Copies of ${left.join(", ")} may still be in ${plan.target.id}.`;
    throw new CliError(
      exitCode.failed,
      `${plan.home.configFile} could not be written${code}, so that nothing was changed.${rest}`,
      "Make the file and its folder writable and try again.",
    );
  }
}

function describeMoved(names: readonly string[], { source, target, home }: Move): string {
  const where = target.place === undefined ? target.id : `${target.id}, ${target.place}`;
  const what =
    names.length === 0 ? `There was nothing to copy from ${source.id}.` : `Copied ${names.join(", ")}.`;
  return `${what} ${home.configFile} names the store ${where}.`;
}

async function removeAll(source: SecretStore, names: readonly string[]): Promise<void> {
  const left: string[] = [];
  let reason: SecretStoreError | undefined;
  for (const name of names) {
    try {
      await source.delete(name);
    } catch (error) {
      if (!(error instanceof SecretStoreError)) throw error;
      reason ??= error;
      left.push(name);
    }
  }
  if (reason === undefined) return;
  throw new CliError(
    exitCode.failed,
    `The secrets were copied, but ${left.join(", ")} could not be removed from ${source.id}: ${reason.message}`,
    reason.remedy,
  );
}
