import type { Ran, Runner } from "../runner.js";
import { ServiceError } from "../service.js";
import type { SystemdOptions } from "./index.js";

/** systemctl and loginctl for one unit. */
export interface Control {
  scope: "user" | "system";
  name: string;
  path: string;
  runner: Runner;
  systemctl(words: readonly string[]): Promise<Ran>;
  /** Like `systemctl`; rejects with `ServiceError` unless it succeeds. */
  must(words: readonly string[], remedy?: string): Promise<void>;
  /** start, stop or restart. A refusal comes with the last lines of the daemon. */
  require(verb: "start" | "stop" | "restart"): Promise<void>;
  lingers(): Promise<boolean>;
  setLinger(on: boolean): Promise<Ran>;
}

export function createControl(options: SystemdOptions & { path: string }): Control {
  const { scope, name, path, runner, user } = options;
  const base = scope === "user" ? ["systemctl", "--user"] : ["systemctl"];
  const systemctl = (words: readonly string[]) => runner.run([...base, ...words]);

  async function require(verb: "start" | "stop" | "restart"): Promise<void> {
    if (!(await runner.exists(path))) {
      throw new ServiceError(`there is no service to ${verb}: ${path} does not exist`, installRemedy(scope));
    }
    const ran = await systemctl([verb, `${name}.service`]);
    if (ran.code === 0) return;
    const said = await lastLines();
    const did = verb === "stop" ? "stop" : "start";
    throw new ServiceError(`systemd could not ${did} it: ${said || firstLine(ran)}`, logsRemedy(scope));
  }

  /** The daemon's own words say more than systemd's. */
  async function lastLines(): Promise<string> {
    const unit = scope === "user" ? `--user-unit=${name}.service` : `--unit=${name}.service`;
    const ran = await runner.run(["journalctl", unit, "--lines=5", "--output=cat", "--no-pager", "--quiet"]);
    return ran.code === 0 ? ran.stdout.trim() : "";
  }

  return {
    scope,
    name,
    path,
    runner,
    systemctl,
    async must(words, remedy) {
      const ran = await systemctl(words);
      if (ran.code !== 0)
        throw new ServiceError(`\`systemctl ${words.join(" ")}\` failed: ${firstLine(ran)}`, remedy);
    },
    require,
    lingers: () => runner.exists(`/var/lib/systemd/linger/${user}`),
    setLinger: (on) => runner.run(["loginctl", on ? "enable-linger" : "disable-linger", user]),
  };
}

export function firstLine(ran: Ran): string {
  const line = `${ran.stderr}\n${ran.stdout}`.split("\n").find((one) => one.trim() !== "");
  return line?.trim() ?? `exit code ${ran.code}`;
}

function installRemedy(scope: "user" | "system"): string {
  return `Install it first: gitnotify service install${scope === "system" ? " --system" : ""}`;
}

function logsRemedy(scope: "user" | "system"): string {
  return `See what it says: gitnotify service logs${scope === "system" ? " --system" : ""}`;
}
