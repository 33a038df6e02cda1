import type { Subscription } from "../../domain/subscription.js";
import type { Say } from "../../i18n/wizard.js";
import {
  connectionSecret,
  type SecretStore,
  SecretStoreError,
  telegramSecret,
} from "../../secrets/secret-store.js";
import { DatabaseError } from "../../store/sqlite.js";
import { toConfigText } from "./config-text.js";
import type { Draft, DraftStore } from "./draft.js";
import type { Ports } from "./ports.js";
import { describeTrouble } from "./trouble.js";

export type Written =
  | {
      ok: true;
      /** Where the secrets lie, for people. */
      place: string;
      /** Whether config.yaml or a secret is another now, which a running daemon must be told. */
      settingsChanged: boolean;
      /** The rules that are new in the database. */
      rules: Subscription[];
    }
  | { ok: false; what: What; problem: string; left: Left };

type What = "secrets" | "rules" | "config";

/** What could not be undone: names of secrets, and whether the new rules stay. */
export interface Left {
  secrets: string[];
  rules: boolean;
}

/** `secret`: its name; absent for the rules. */
type Undo = Array<{ secret?: string; run: () => Promise<unknown> }>;

/** The secrets that this run has new values of. */
export function newSecrets(draft: Draft): Map<string, string> {
  const secrets = new Map(draft.connections.map((one) => [connectionSecret(one.connection.id), one.token]));
  if (draft.bot !== undefined) secrets.set(telegramSecret, draft.bot.token);
  return secrets;
}

/** The store that the secrets go into. */
export function storeOf(draft: Draft): string {
  return draft.store?.id ?? draft.existing.config.secrets.store;
}

/** As people say it: "an encrypted file". */
export function describeStore(id: string, say: Say): string {
  return say.known(`store.${id}`) ?? id;
}

/** Why this is the store: one sentence. */
export function sayStore(say: Say, { id, why }: DraftStore): string {
  return say(why, { place: describeStore(id, say) });
}

/**
 * Writes everything at once: config.yaml is checked before anything is touched, then come the secrets, the rules, and config.yaml. Where
 * one fails, what was written before it is undone; `left` says what could not be.
 */
export async function writeAll(
  draft: Draft,
  { files, stores, rules, say }: Pick<Ports, "files" | "stores" | "rules" | "say">,
): Promise<Written> {
  const text = toConfigText(draft);
  const problems = await files.check(text);
  if (problems.length > 0)
    return { ok: false, what: "config", problem: problems.join("\n"), left: { secrets: [], rules: false } };
  const undo: Undo = [];
  const fail = async (what: What, error: unknown): Promise<Written> => {
    const left = await undoAll(undo);
    return { ok: false, what, problem: describe(say, error), left };
  };
  let place: string;
  try {
    const store = await stores.open(storeOf(draft));
    place = store.place ?? describeStore(store.id, say);
    for (const [name, value] of newSecrets(draft)) await put(store, { name, value, undo });
  } catch (error) {
    return fail("secrets", error);
  }
  let added: Subscription[];
  try {
    added = await rules.keep(draft);
    if (added.length > 0) undo.push({ run: () => rules.remove(added) });
  } catch (error) {
    return fail("rules", error);
  }
  const textChanged = text !== draft.existing.text;
  try {
    if (textChanged) await files.write(text);
  } catch (error) {
    return fail("config", error);
  }
  return { ok: true, place, settingsChanged: textChanged || newSecrets(draft).size > 0, rules: added };
}

/** A store whose values are set elsewhere (environment variables) has them already. */
async function put(store: SecretStore, given: { name: string; value: string; undo: Undo }): Promise<void> {
  const { name, value, undo } = given;
  const before = await store.get(name);
  if (before === value) return;
  // Before the write: one that fails half-way may have stored it all the same.
  undo.push({ secret: name, run: () => (before === null ? store.delete(name) : store.set(name, before)) });
  await store.set(name, value);
}

async function undoAll(undo: Undo): Promise<Left> {
  const left: Left = { secrets: [], rules: false };
  for (const { secret, run } of undo.reverse()) {
    try {
      await run();
    } catch {
      if (secret === undefined) left.rules = true;
      else left.secrets.push(secret);
    }
  }
  return left;
}

function describe(say: Say, error: unknown): string {
  if (error instanceof SecretStoreError) return describeTrouble(say, error);
  if (error instanceof DatabaseError) return `${error.message} ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}
