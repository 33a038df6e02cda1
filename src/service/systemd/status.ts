import type { ServiceState } from "../service.js";
import { firstLine, type Control } from "./control.js";
import { shownProperties, toUnitState } from "./state.js";
import { readMark, toSystemHome } from "./unit.js";

export async function readState(control: Control): Promise<ServiceState> {
  const { runner, path, name, scope } = control;
  const unit = (await runner.read(path))?.toString("utf8") ?? null;
  const ran = await control.systemctl(["show", `${name}.service`, `--property=${shownProperties.join(",")}`]);
  const { known, ...state } = toUnitState(ran.code === 0 ? ran.stdout : "");
  const installed = unit !== null || known;
  const isAnswered = ran.code === 0;
  return {
    id: "systemd",
    label: `systemd, ${scope} service`,
    scope,
    installed,
    ...state,
    detail: !isAnswered
      ? `systemd does not answer: ${firstLine(ran)}`
      : unit !== null && !known
        ? "installed, but systemd has not read it: systemctl daemon-reload"
        : state.detail,
    path,
    startsBeforeLogin: scope === "system" || (await control.lingers()),
    home: unit === null ? null : scope === "system" ? toSystemHome(name) : readMark(unit, "Home"),
  };
}
