import { nearest } from "../../lib/nearest.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput } from "../output.js";
import { openSecrets, tell } from "./open.js";

export async function remove(context: CliContext, name: string): Promise<void> {
  const { store, expected } = await openSecrets(context);
  if (!(await tell(store.delete(name)))) {
    // What is known and not stored is no suggestion for its own name.
    const near = expected.includes(name)
      ? undefined
      : nearest(name, [...expected, ...(await tell(store.list()))]);
    throw new CliError(
      exitCode.failed,
      `there is no secret “${name}” in ${store.id}`,
      near === undefined ? "`gitnotify secrets list` prints the names." : `Did you mean: ${near}`,
    );
  }
  const output = createOutput(context);
  await output.data({ removed: name, store: store.id }, () =>
    output.note(`Removed ${name} from ${store.id}.`),
  );
}
