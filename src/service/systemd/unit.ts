import { hopelessExitCodes, toCommandLine, type ServiceSpec } from "../service.js";
import { toCredential } from "./credentials.js";
import { toEnvironmentWord, toExecLine } from "./escape.js";

/** What a unit needs to know beside the spec. */
export interface UnitContext {
  /** Without `.service`. */
  name: string;
  /** Whether linger is on because `install` asked for it, so that `uninstall` takes it back. */
  lingerIsOurs?: boolean;
}

type Section = ReadonlyArray<readonly [string, string | number]>;

/** The unit of one person: their keyring, their folders. */
export function toUserUnit(spec: ServiceSpec, context: UnitContext): string {
  return toText({
    Unit: description,
    Service: [
      ...runAndWatch(spec),
      ["UMask", "0077"],
      // Of the sandbox only what needs no root; the keyring is reached through D-Bus, which stays open.
      ["NoNewPrivileges", "yes"],
      ["LockPersonality", "yes"],
      ["RestrictRealtime", "yes"],
      ["RestrictSUIDSGID", "yes"],
      ["SystemCallArchitectures", "native"],
    ],
    Install: [
      ["WantedBy", "default.target"],
      // With linger it starts at boot, when the keyring is still locked, and ends with code 4: the desktop's start tries it again.
      ["WantedBy", "graphical-session.target"],
    ],
    "X-Gitnotify": [...marks(spec), ...(context.lingerIsOurs ? ([["Linger", "ours"]] as const) : [])],
  });
}

/** The unit of the machine: a user that exists only while it runs, one folder that it may write, tokens as credentials. */
export function toSystemUnit(spec: ServiceSpec, context: UnitContext): string {
  const state = `/var/lib/private/${context.name}`;
  return toText({
    Unit: [...description, ["After", "network.target nss-lookup.target"]],
    Service: [
      ...runAndWatch(spec),
      ["DynamicUser", "yes"],
      ["StateDirectory", context.name],
      ["StateDirectoryMode", "0700"],
      // Who looks with `sudo gitnotify --home …` may leave files of root there, which the daemon could not write.
      ["ExecStartPre", `+chown -hR --reference=${state} ${state}`],
      ...spec.secrets.map((secret): [string, string] => {
        const { id, path } = toCredential(secret, context.name);
        return ["LoadCredentialEncrypted", `${id}:${path}`];
      }),
      ...sandbox,
    ],
    Install: [["WantedBy", "multi-user.target"]],
    "X-Gitnotify": marks(spec),
  });
}

/** How systemd expands the folder of StateDirectory=; the home of a system service. */
export function toSystemHome(name: string): string {
  return `/var/lib/${name}`;
}

const description: Section = [
  ["Description", "gitnotify: GitHub and GitLab in Telegram"],
  // A machine may be without its network for days: it is tried again for ever.
  ["StartLimitIntervalSec", 0],
];

function runAndWatch(spec: ServiceSpec): Section {
  const command = toExecLine(toCommandLine(spec));
  return [
    ["Type", "notify"],
    // Node speaks to systemd through the program systemd-notify.
    ["NotifyAccess", "all"],
    ["ExecStart", command],
    ["ExecReload", "kill -HUP $MAINPID"],
    ...Object.entries(spec.environment).map(([name, value]): [string, string] => [
      "Environment",
      toEnvironmentWord(name, value),
    ]),
    ["Restart", "on-failure"],
    ["RestartSec", 5],
    // Wrong settings and refused tokens need a person: asking again with them could get the account locked.
    ["RestartPreventExitStatus", hopelessExitCodes.join(" ")],
    ["WatchdogSec", 90],
    // Not SIGABRT, as by default: a core dump would hold every token.
    ["WatchdogSignal", "SIGKILL"],
    ["LimitCORE", 0],
    // A large database may have to be migrated before the daemon is ready.
    ["TimeoutStartSec", 300],
    ["TimeoutStopSec", 10],
    ["KillMode", "mixed"],
  ];
}

/**
 * Everything but what Node needs: memory that is written and then run (its compiler), the network, and netlink, by which the C
 * library finds out whether the machine has IPv6.
 */
const sandbox: Section = [
  ["UMask", "0077"],
  ["NoNewPrivileges", "yes"],
  ["CapabilityBoundingSet", ""],
  ["AmbientCapabilities", ""],
  ["ProtectSystem", "strict"],
  ["ProtectHome", "yes"],
  ["PrivateTmp", "yes"],
  ["PrivateDevices", "yes"],
  ["PrivateUsers", "yes"],
  ["PrivateIPC", "yes"],
  ["DevicePolicy", "closed"],
  ["ProtectClock", "yes"],
  ["ProtectControlGroups", "yes"],
  ["ProtectHostname", "yes"],
  ["ProtectKernelLogs", "yes"],
  ["ProtectKernelModules", "yes"],
  ["ProtectKernelTunables", "yes"],
  ["ProtectProc", "invisible"],
  ["ProcSubset", "pid"],
  ["KeyringMode", "private"],
  ["LockPersonality", "yes"],
  ["RemoveIPC", "yes"],
  ["RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK"],
  ["RestrictNamespaces", "yes"],
  ["RestrictRealtime", "yes"],
  ["RestrictSUIDSGID", "yes"],
  ["SystemCallArchitectures", "native"],
  ["SystemCallFilter", "@system-service"],
  ["SystemCallFilter", "~@privileged @resources"],
  ["SystemCallErrorNumber", "EPERM"],
];

/** systemd passes over sections that begin with X-: what a later install and uninstall want to know. */
function marks(spec: ServiceSpec): Section {
  return [
    ["Home", encodeURI(spec.home)],
    ["Version", spec.version],
  ];
}

/** The value of a mark in a unit's text. */
export function readMark(unit: string, name: "Home" | "Linger" | "Version"): string | null {
  const section = unit.split(/^\[X-Gitnotify\]$/m)[1];
  const value = section?.split("\n").find((line) => line.startsWith(`${name}=`));
  return value === undefined ? null : decodeURI(value.slice(name.length + 1));
}

function toText(sections: Record<string, Section>): string {
  const parts = Object.entries(sections).map(([name, entries]) => {
    const lines = entries.map(([key, value]) => `${key}=${value}`);
    return [`[${name}]`, ...lines].join("\n");
  });
  const head = "# Written by `gitnotify service install`, which writes it anew at the next install.\n";
  return `${head}# Own settings belong in a drop-in: systemctl edit.\n\n${parts.join("\n\n")}\n`;
}
