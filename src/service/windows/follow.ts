import { win32 } from "node:path";
import type { Runner } from "../runner.js";
import type { LogOptions } from "../service.js";

/** The daemon's own log file: nothing else keeps what a task or a service said. */
export function followLog(runner: Runner, logsDir: string, { follow, lines }: LogOptions): Promise<number> {
  const file = win32.join(logsDir, "gitnotify.log").replaceAll("'", "''");
  const wait = follow ? " -Wait" : "";
  const command = `Get-Content -Encoding UTF8 -Tail ${lines}${wait} -LiteralPath '${file}'`;
  return runner.show(["powershell", "-NoProfile", "-Command", command]);
}
