import { CliError, exitCode } from "../exit-code.js";

export function notFound(id: string, what = "delivery"): CliError {
  return new CliError(
    exitCode.failed,
    `there is no ${what} ${id}`,
    "`gitnotify deliveries list --all` shows them.",
  );
}
