import type { Say } from "../../../i18n/wizard.js";
import type { Draft, ServiceChoice } from "../draft.js";
import type { Ports } from "../ports.js";

type Answer = "user" | "boot" | "system" | "none";

/** Whether the daemon is to run by itself from now on. It is installed at the end, when everything else is written. */
export async function chooseService(draft: Draft, ports: Ports): Promise<Draft> {
  const { ask, say, services } = ports;
  const [user, system] = await Promise.all([services.find("user"), services.find("system")]);
  const offers = [
    ...(user.ok ? userChoices(user, say) : []),
    ...(system.ok ? [{ value: "system" as const, label: say("service.system"), hint: system.label }] : []),
  ];
  if (offers.length === 0) {
    const why = user.ok ? "" : user.why;
    ask.tell("info", say("service.no", { why }));
    return { ...draft, service: "none", startsBeforeLogin: false };
  }
  const chosen = await ask.select<Answer>({
    id: "service",
    message: say("service.ask"),
    choices: [...offers, { value: "none", label: say("service.none"), hint: "gitnotify start" }],
    unattended: "none",
  });
  const service: ServiceChoice = chosen === "boot" ? "user" : chosen;
  return { ...draft, service, startsBeforeLogin: chosen === "boot" || chosen === "system" };
}

function userChoices({ label, lingers }: { label: string; lingers: boolean }, say: Say) {
  const boot = { value: "boot" as const, label: say("service.boot"), hint: say("service.boot.hint") };
  return [{ value: "user" as const, label: say("service.user"), hint: label }, ...(lingers ? [boot] : [])];
}
