import { isFailure } from "../../domain/failure.js";
import { CliError, type ExitCode, exitCode } from "../exit-code.js";
import { exitOf } from "../failure-exit.js";
import type { Ground } from "./ground.js";

/** One thing that was looked at. */
export interface Finding {
  /** `warning`: works, but not as it could. `wrong`: something does not work. */
  state: "well" | "warning" | "wrong";
  text: string;
  /** What to do about it, one sentence; a command stands in backticks. */
  remedy?: string;
  /** For `wrong`: what the shell is told. Default 1. */
  exit?: ExitCode;
}

/** A look at one part. It changes nothing, and never rejects for what it looks at being broken: that is a finding. */
export interface Check {
  name: string;
  /**
   * `first`: looked at before anything else begins, for what comes after stands on it. `beside`: waits for servers, so that all
   * of these begin at once. Default: in its turn.
   */
  when?: "first" | "beside";
  /** Says nothing that helps where no config.yaml is: it is not looked at then. */
  needsSettings?: boolean;
  look(ground: Ground): Promise<Finding[]>;
}

export const well = (text: string): Finding => ({ state: "well", text });

export const warning = (text: string, remedy?: string): Finding => ({
  state: "warning",
  text,
  ...(remedy === undefined ? {} : { remedy }),
});

export const wrong = (text: string, remedy?: string, exit: ExitCode = exitCode.failed): Finding => ({
  state: "wrong",
  text,
  exit,
  ...(remedy === undefined ? {} : { remedy }),
});

/** What was thrown, as a finding: every foreseen error of this program has a sentence and most have a remedy. */
export function toFinding(error: unknown, before = ""): Finding {
  if (isFailure(error)) return wrong(before + error.message, error.remedy, exitOf(error));
  if (error instanceof CliError) return wrong(before + error.message, error.remedy, error.exitCode);
  const message = error instanceof Error ? error.message : String(error);
  const remedy: unknown = error instanceof Error && "remedy" in error ? error.remedy : undefined;
  return wrong(before + message, typeof remedy === "string" ? remedy : undefined);
}

/** A secret that is missing or cannot be read: the check of the secrets has said so, with the remedy of its store. */
export function isToldBySecrets(error: unknown): boolean {
  return isFailure(error) && (error.code === "missing" || error.code?.startsWith("secret_store") === true);
}

/** Settings before tokens, tokens before the network, all of them before the rest: what must be mended first. */
const mostTelling: readonly ExitCode[] = [exitCode.configInvalid, exitCode.token, exitCode.unreachable];

export function exitOfFindings(findings: readonly Finding[]): ExitCode {
  const codes = findings.flatMap(({ state, exit }) => (state === "wrong" ? [exit ?? exitCode.failed] : []));
  if (codes.length === 0) return exitCode.done;
  return mostTelling.find((code) => codes.includes(code)) ?? exitCode.failed;
}
