import { hopelessExitCodes } from "../service.js";

/** What `systemctl show` says of a unit, as far as it is used. */
export interface UnitState {
  /** False: systemd has no unit of this name, or has not read it yet. */
  known: boolean;
  running: boolean;
  enabled: boolean;
  detail: string;
  pid: number | null;
  restarts: number | null;
  memoryBytes: number | null;
}

export const shownProperties = [
  "LoadState",
  "ActiveState",
  "SubState",
  "UnitFileState",
  "Result",
  "ExecMainStatus",
  "MainPID",
  "NRestarts",
  "MemoryCurrent",
  "StatusText",
];

/** `text`: the output of `systemctl show --property=…`, one `Name=value` a line. */
export function toUnitState(text: string): UnitState {
  const lines = text.split("\n").map((line) => line.split("="));
  const values = new Map(lines.map(([name = "", ...value]) => [name, value.join("=")]));
  const value = (name: string) => values.get(name) ?? "";
  const pid = toNumber(value("MainPID"));
  return {
    known: !["", "not-found"].includes(value("LoadState")),
    running: ["active", "reloading"].includes(value("ActiveState")),
    enabled: value("UnitFileState").startsWith("enabled"),
    detail: describe(value),
    pid: pid === 0 ? null : pid,
    restarts: toNumber(value("NRestarts")),
    memoryBytes: toNumber(value("MemoryCurrent")),
  };
}

function describe(value: (name: string) => string): string {
  if (value("LoadState") === "not-found") return "not installed";
  if (value("LoadState") !== "loaded") return `systemd cannot read the unit (${value("LoadState")})`;
  const said = value("StatusText");
  switch (value("ActiveState")) {
    case "active":
      return said === "" ? "running" : said;
    case "reloading":
      return "reading its settings again";
    case "activating":
      return value("SubState") === "auto-restart"
        ? `waiting to be started again: it ended with ${describeEnd(value)}`
        : said || "starting";
    case "deactivating":
      return "stopping";
    case "failed":
      return `stopped for good: it ended with ${describeEnd(value)}`;
    default:
      return "stopped";
  }
}

function describeEnd(value: (name: string) => string): string {
  const result = value("Result");
  const code = Number(value("ExecMainStatus"));
  if (result === "watchdog") return "no sign of life (watchdog)";
  if (result === "timeout") return "no answer in time";
  if (result !== "exit-code" || code === 0) return result === "success" ? "no error" : result;
  const why = reasons[code];
  return why === undefined ? `exit code ${code}` : `exit code ${code}, ${why}`;
}

const reasons: Partial<Record<number, string>> = {
  [hopelessExitCodes[0]]: "the command line is wrong",
  [hopelessExitCodes[1]]: "config.yaml is not valid",
  [hopelessExitCodes[2]]: "a token is missing or refused",
  5: "gitnotify is already running in this home",
  6: "a server could not be reached",
  203: "systemd could not run the program",
  243: "systemd could not open the encrypted tokens",
};

/** `[not set]` and the largest number stand for unknown. */
function toNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
