import type { Say } from "../../i18n/wizard.js";
import {
  connectionSecret,
  type SecretStore,
  SecretStoreError,
  telegramSecret,
} from "../../secrets/secret-store.js";
import { toConfigText } from "./config-text.js";
import type { Draft, DraftStore } from "./draft.js";
import type { Ports } from "./ports.js";
import { describeTrouble } from "./trouble.js";

export type Written =
  /** `place`: where the secrets lie, for people. */
  { ok: true; place: string } | { ok: false; what: "secrets" | "config"; problem: string; left: string[] };

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
 * Writes everything at once: config.yaml is checked before anything is touched, then come the secrets, then config.yaml. Where
 * one fails, what was written before it is undone; `left` says what could not be.
 */
export async function writeAll(
  draft: Draft,
  { files, stores, say }: Pick<Ports, "files" | "stores" | "say">,
): Promise<Written> {
  const text = toConfigText(draft);
  const problems = await files.check(text);
  if (problems.length > 0) return { ok: false, what: "config", problem: problems.join("\n"), left: [] };
  const undo: Array<{ what: string; run: () => Promise<unknown> }> = [];
  const fail = async (what: "secrets" | "config", error: unknown): Promise<Written> => {
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
  try {
    if (text !== draft.existing.text) await files.write(text);
  } catch (error) {
    return fail("config", error);
  }
  return { ok: true, place };
}

/** A store whose values are set elsewhere (environment variables) has them already. */
async function put(
  store: SecretStore,
  given: { name: string; value: string; undo: Array<{ what: string; run: () => Promise<unknown> }> },
): Promise<void> {
  const { name, value, undo } = given;
  const before = await store.get(name);
  if (before === value) return;
  // Before the write: one that fails half-way may have stored it all the same.
  undo.push({ what: name, run: () => (before === null ? store.delete(name) : store.set(name, before)) });
  await store.set(name, value);
}

async function undoAll(undo: Array<{ what: string; run: () => Promise<unknown> }>): Promise<string[]> {
  const left: string[] = [];
  for (const { what, run } of undo.reverse()) {
    try {
      await run();
    } catch {
      left.push(what);
    }
  }
  return left;
}

function describe(say: Say, error: unknown): string {
  if (error instanceof SecretStoreError) return describeTrouble(say, error);
  return error instanceof Error ? error.message : String(error);
}
