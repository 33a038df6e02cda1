import { type Failure, isFailure } from "../domain/failure.js";
import { DatabaseError } from "../store/sqlite.js";
import { CliError, type ExitCode, exitCode } from "./exit-code.js";

/** A failure of a platform, of Telegram or of the database as the end of a command. */
export function toExit(error: unknown): unknown {
  if (error instanceof DatabaseError) return new CliError(exitCode.failed, error.message, error.remedy);
  return isFailure(error) ? new CliError(exitOf(error), error.message, error.remedy) : error;
}

export function exitOf(failure: Failure): ExitCode {
  switch (failure.kind) {
    case "unauthorized":
      return exitCode.token;
    case "unreachable":
    case "throttled":
    case "ambiguous":
      return exitCode.unreachable;
    case "forbidden":
    case "gone":
    case "conflict":
    case "rejected":
      return exitCode.failed;
  }
}
