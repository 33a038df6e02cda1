import { type Failure, isFailure } from "../domain/failure.js";
import { CliError, type ExitCode, exitCode } from "./exit-code.js";

/** A failure of a platform or of Telegram as the end of a command. */
export function toExit(error: unknown): unknown {
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
