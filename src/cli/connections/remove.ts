import type { Config } from "../../config/load.js";
import { connectionOf } from "../../domain/project-pattern.js";
import type { Subscription } from "../../domain/subscription.js";
import { systemClock } from "../../lib/clock.js";
import { connectionSecret, SecretStoreError } from "../../secrets/secret-store.js";
import type { CliContext } from "../context.js";
import {
  change,
  type Edit,
  findProblems,
  readConfigFile,
  reloadHint,
  writeConfigFile,
} from "../edit-config.js";
import { CliError, exitCode } from "../exit-code.js";
import { withStore } from "../open-store.js";
import { createOutput } from "../output.js";
import { describeProblem, type Settings } from "../settings.js";
import { describeRecipient } from "../subscriptions/recipient.js";
import { unknownConnection } from "./unknown.js";

export interface RemoveFlags {
  force?: boolean;
  withSecret?: boolean;
}

/** Takes the connection out of config.yaml. While subscriptions name it, only `--force` does, and takes it out of them too. */
export async function removeConnection(context: CliContext, id: string, flags: RemoveFlags): Promise<void> {
  const output = createOutput(context);
  const { settings, text } = await readConfigFile(context);
  const { home, config } = settings;
  const index = config.connections.findIndex((connection) => connection.id === id);
  if (index < 0) throw unknownConnection(id, config);
  const stored = await listStored(context);
  const using = [...config.subscriptions, ...stored].filter((subscription) => isNamed(subscription, id));
  if (using.length > 0 && flags.force !== true) throw stillUsed(id, using);
  const changed = await change(home, (edit) => {
    const without = dropFromRules({ text, config, id }, edit);
    return edit.removeFromList(without, "connections", index);
  });
  const problems = await findProblems(context, home, changed);
  if (problems.length > 0) {
    throw new CliError(exitCode.failed, `nothing was changed\n${problems.map(describeProblem).join("\n")}`);
  }
  const { daemon } = await writeConfigFile(home, changed);
  await dropFromStored(context, stored, id);
  const secret = await settleSecret(context, settings, { id, remove: flags.withSecret === true });
  const changedRules = using.map((rule) => rule.id);
  await output.data({ removed: id, file: home.configFile, subscriptions: changedRules, note: secret }, () => {
    output.note(`Removed ${id} from ${home.configFile}.`);
    if (using.length > 0) output.note(`No longer in these subscriptions: ${changedRules.join(", ")}.`);
    output.note(secret);
  });
  if (daemon !== null) output.note(reloadHint(daemon));
}

function isNamed({ projects }: Subscription, id: string): boolean {
  return projects?.some((pattern) => connectionOf(pattern) === id) === true;
}

function stillUsed(id: string, using: readonly Subscription[]): CliError {
  const lines = using.map(
    ({ id: rule, to, projects = [], origin }) =>
      `  ${rule} (${origin === "config" ? "config.yaml" : "stored"}): to ${describeRecipient(to)}, ${projects.join(", ")}`,
  );
  return new CliError(
    exitCode.failed,
    `subscriptions still name “${id}”:\n${lines.join("\n")}`,
    "Remove them first, or take it out of all of them with --force.",
  );
}

/** The rules of the file, last first, so that the places of those before stay. */
function dropFromRules(
  { text, config, id }: { text: string; config: Config; id: string },
  edit: Edit,
): string {
  let changed = text;
  for (const [index, rule] of [...config.subscriptions.entries()].reverse()) {
    if (!isNamed(rule, id)) continue;
    const rest = (rule.projects ?? []).filter((pattern) => connectionOf(pattern) !== id);
    changed =
      rest.length === 0
        ? edit.removeFromList(changed, "subscriptions", index)
        : edit.setValue(changed, ["subscriptions", index, "projects"], rest);
  }
  return changed;
}

async function listStored(context: CliContext): Promise<Subscription[]> {
  return withStore(context, async ({ store }) => {
    if (store === null) return [];
    const { listSubscriptions } = await import("../../store/subscriptions.js");
    return listSubscriptions(store.db);
  });
}

async function dropFromStored(
  context: CliContext,
  stored: readonly Subscription[],
  id: string,
): Promise<void> {
  const named = stored.filter((subscription) => isNamed(subscription, id));
  if (named.length === 0) return;
  await withStore(context, async ({ store }) => {
    if (store === null) return;
    const { deleteSubscription, saveSubscription } = await import("../../store/subscriptions.js");
    for (const subscription of named) {
      const projects = (subscription.projects ?? []).filter((pattern) => connectionOf(pattern) !== id);
      if (projects.length === 0) await deleteSubscription(store.db, subscription.id);
      else await saveSubscription(store.db, { ...subscription, projects }, systemClock.now());
    }
  });
}

/** The token itself stays valid on its platform, whatever is done here. */
async function settleSecret(
  context: CliContext,
  { home, config }: Settings,
  { id, remove }: { id: string; remove: boolean },
): Promise<string> {
  const name = connectionSecret(id);
  const store = (await context.registry()).openSecretStore({ home, config, env: context.env });
  if (!remove) return `The secret ${name} stays: \`gitnotify secrets remove ${name}\` removes it.`;
  try {
    const existed = await store.delete(name);
    return existed ? `Removed the secret ${name} from ${store.id}.` : `There was no secret ${name}.`;
  } catch (error) {
    if (!(error instanceof SecretStoreError)) throw error;
    return `The secret ${name} stays: ${error.message} ${error.remedy}`;
  }
}
