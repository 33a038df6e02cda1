import type { Config } from "../../config/load.js";
import { nearest } from "../../lib/nearest.js";
import { CliError, exitCode } from "../exit-code.js";

export function unknownConnection(id: string, { connections }: Pick<Config, "connections">): CliError {
  const ids = connections.map((connection) => connection.id);
  const near = nearest(id, ids);
  const known = ids.length === 0 ? "There is none yet." : `There are: ${ids.join(", ")}.`;
  return new CliError(
    exitCode.usage,
    `there is no connection “${id}”`,
    near === undefined ? known : `Did you mean: ${near}`,
  );
}
