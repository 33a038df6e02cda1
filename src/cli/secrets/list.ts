import { SecretStoreError, type SecretStore } from "../../secrets/secret-store.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput } from "../output.js";
import { openSecrets, tell } from "./open.js";

interface ListedSecret {
  name: string;
  /** null: the store cannot be asked now. */
  stored: boolean | null;
  /** Whether config.yaml needs it. */
  expected: boolean;
}

/** Names and never values. A store that does not work at the moment is told last, after what is known without it. */
export async function list(context: CliContext): Promise<void> {
  const output = createOutput(context);
  const { store, expected } = await openSecrets(context);
  const problem = await findProblem(store);
  const stored = await listStored(store, problem);
  const names = [...new Set([...expected, ...(stored ?? [])])];
  const secrets = names.map((name): ListedSecret => {
    return { name, stored: stored?.includes(name) ?? null, expected: expected.includes(name) };
  });
  const { id, place, readOnly } = store;
  const works = problem === null;
  await output.data(
    {
      ...{ store: id, place: place ?? id, readOnly, works },
      ...(problem && { problem: { code: problem.code, message: problem.message, remedy: problem.remedy } }),
      secrets,
    },
    async () => {
      output.note(describeStore(store, works));
      await output.table(
        ["name", "state"],
        secrets.map((secret) => [secret.name, describeState(secret)]),
      );
    },
  );
  if (problem !== null) throw new CliError(exitCode.failed, problem.message, problem.remedy);
}

async function findProblem(store: SecretStore): Promise<SecretStoreError | null> {
  try {
    await store.probe?.();
    return null;
  } catch (error) {
    if (error instanceof SecretStoreError) return error;
    throw error;
  }
}

/** Some stores know their names even when they are locked; of the others the first problem says it all. */
async function listStored(store: SecretStore, problem: SecretStoreError | null): Promise<string[] | null> {
  return problem === null ? tell(store.list()) : store.list().catch(() => null);
}

function describeStore({ id, place, readOnly }: SecretStore, works: boolean): string {
  const state = works ? (readOnly ? "It can be read, not changed." : "It works.") : "It does not work now.";
  return place === undefined ? `Store: ${id}. ${state}` : `Store: ${id}, ${place}. ${state}`;
}

function describeState(secret: ListedSecret): string {
  if (secret.stored === null) return "unknown";
  if (!secret.stored) return "missing";
  // Members link accounts in the bot, which config.yaml knows nothing of.
  const isUsed = secret.expected || secret.name.startsWith("member/");
  return isUsed ? "stored" : "stored, not used by config.yaml";
}
