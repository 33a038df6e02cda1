/** What every command tells the shell (design 6.1). */
export const exitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  configInvalid: 3,
  token: 4,
  alreadyRunning: 5,
  unreachable: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** A failure that a command foresaw: what happened, what to do about it, and what the shell is told. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly remedy: string | undefined;

  constructor(code: ExitCode, message: string, remedy?: string) {
    super(message);
    this.name = "CliError";
    this.exitCode = code;
    this.remedy = remedy;
  }
}
