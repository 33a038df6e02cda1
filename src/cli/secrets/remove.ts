import { nearest } from "../../lib/nearest.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput } from "../output.js";
import { openSecrets, tell } from "./open.js";

export async function remove(context: CliContext, name: string): Promise<void> {
  const { store, expected } = await openSecrets(context);
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
