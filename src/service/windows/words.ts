import type { Ran } from "../runner.js";

/** What a Windows program said, in one line. */
export function said(ran: Ran): string {
  const line = `${ran.stderr}\n${ran.stdout}`.split(/\r?\n/).find((one) => one.trim() !== "");
  return line?.trim() ?? `exit code ${ran.code}`;
}

export function describeState({ installed, running }: { installed: boolean; running: boolean }): string {
  if (!installed) return "not installed";
  return running ? "running" : "stopped";
}

/** What Windows is not asked for. */
export const nothingKnown = { pid: null, restarts: null, memoryBytes: null } as const;

export const elevated = "Run it in a terminal that was opened with “Run as administrator”.";

export const whileLoggedIn =
  "It runs while you are logged in. For a service that starts at boot, put winsw.exe (2.12 or later) on the PATH and install again.";
