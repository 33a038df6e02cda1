import { posix } from "node:path";
import { credentialStore } from "../../secrets/systemd.js";
import type { Runner } from "../runner.js";
import { type LogOptions, type ServiceManager, type ServicePlan, type ServiceSpec } from "../service.js";
import { createControl } from "./control.js";
import { toCredential, toEncryptCommand } from "./credentials.js";
import { installUnit } from "./install.js";
import { readState } from "./status.js";
import { readMark, toSystemHome, toSystemUnit, toUserUnit } from "./unit.js";

export interface SystemdOptions {
  scope: "user" | "system";
  /** Of the unit, without `.service`. */
  name: string;
  runner: Runner;
  /** Where the units of this scope lie. */
  unitDir: string;
  /** The login name, of whom systemd keeps the user services running after logout when it lingers. */
  user: string;
  /** Where the daemon's own log file lies. */
  logsDir?: string;
}

/** systemd, as Debian 11 and later, Fedora, Ubuntu, Arch and most others have it. Credentials need version 250. */
export function createSystemd(options: SystemdOptions): ServiceManager {
  const { scope, name, runner, unitDir } = options;
  const path = posix.join(unitDir, `${name}.service`);
  const control = createControl({ ...options, path });

  const describe = (spec: ServiceSpec): ServicePlan => toPlan(spec, { scope, name, path });

  return {
    id: "systemd",
    label: `systemd, ${scope} service`,
    scope,
    describe,
    install: (spec, given = {}) => installUnit({ control, spec, plan: describe(spec), options: given }),
    async uninstall() {
      const unit = (await runner.read(path))?.toString("utf8") ?? null;
      const lingered = unit !== null && readMark(unit, "Linger") === "ours";
      // `disable` also where the file is gone already: its links may not be.
      await control.systemctl(["disable", "--now", `${name}.service`]);
      const gone: string[] = [];
      const credentials = credentialsOf(unit);
      for (const one of [path, `${path}.d`, ...credentials]) {
        if (await runner.remove(one)) gone.push(one);
      }
      // Fails, as it should, while something of others is in it.
      if (credentials.length > 0) await runner.run(["rmdir", credentialStore]);
      await control.systemctl(["daemon-reload"]);
      await control.systemctl(["reset-failed", `${name}.service`]);
      if (lingered) await control.setLinger(false);
      return gone;
    },
    start: () => control.require("start"),
    stop: () => control.require("stop"),
    restart: () => control.require("restart"),
    status: () => readState(control),
    logs: (given) => showLogs(options, given),
  };
}

/** The journal; where this person may not read theirs, which then looks empty, the daemon's own log file. */
async function showLogs(options: SystemdOptions, { follow, lines, json }: LogOptions): Promise<number> {
  const { scope, name, runner, logsDir = "" } = options;
  const unit = scope === "user" ? `--user-unit=${name}.service` : `--unit=${name}.service`;
  const file = posix.join(logsDir, "gitnotify.log");
  if (scope === "user" && logsDir !== "" && (await runner.exists(file))) {
    const probe = await runner.run([
      "journalctl",
      unit,
      "--lines=1",
      "--output=cat",
      "--no-pager",
      "--quiet",
    ]);
    if (probe.code !== 0 || probe.stdout.trim() === "") {
      return runner.show(["tail", "-n", String(lines), ...(follow ? ["-F"] : []), file]);
    }
  }
  return runner.show([
    "journalctl",
    unit,
    `--lines=${lines}`,
    "--quiet",
    `--output=${json ? "json" : "short-iso"}`,
    ...(follow ? ["--follow"] : ["--no-pager"]),
  ]);
}

interface UnitPlace {
  scope: "user" | "system";
  name: string;
  path: string;
}

/** Credentials before the unit is started, settings before that. */
function toPlan(spec: ServiceSpec, { scope, name, path }: UnitPlace): ServicePlan {
  const systemctl = scope === "user" ? ["systemctl", "--user"] : ["systemctl"];
  const context = { name };
  const enable = [
    { argv: [...systemctl, "daemon-reload"] },
    { argv: [...systemctl, "enable", path] },
    { argv: [...systemctl, "restart", `${name}.service`] },
  ];
  if (scope === "user") {
    return { files: [{ path, content: toUserUnit(spec, context), mode: 0o600 }], commands: enable };
  }
  const own = Object.entries(spec.files).map(([file, content]) => ({
    path: posix.join(toSystemHome(name), file),
    content,
    mode: 0o600,
    keep: true,
  }));
  const encrypt = spec.secrets.map((secret) => {
    const credential = toCredential(secret, name);
    return { argv: toEncryptCommand(credential), secret, makes: credential.path };
  });
  const unit = { path, content: toSystemUnit(spec, context), mode: 0o644 };
  return { files: [...own, unit], commands: [...encrypt, ...enable] };
}

/** Only those that this unit names: others in the folder are of other services. */
function credentialsOf(unit: string | null): string[] {
  const named = [...(unit ?? "").matchAll(/^LoadCredentialEncrypted=[^:\n]+:(.+)$/gm)];
  return named.map((match) => match[1] ?? "").filter((file) => file !== "");
}
