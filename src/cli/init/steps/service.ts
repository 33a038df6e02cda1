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
    ...(system.ok
      ? [
          {
            value: "system" as const,
            label: say("service.system"),
            hint: sayManager(say, system.id, "system"),
          },
        ]
      : []),
  ];
  if (offers.length === 0) {
    if (!user.ok) ask.tell("info", say(`service.no.${user.code}`, user.values));
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

function userChoices({ id, lingers }: { id: string; lingers: boolean }, say: Say) {
  const hint = sayManager(say, id, "user");
  const boot = { value: "boot" as const, label: say("service.boot"), hint: say("service.boot.hint") };
  return [{ value: "user" as const, label: say("service.user"), hint }, ...(lingers ? [boot] : [])];
}

/** What runs the service, as people call it. */
export function sayManager(say: Say, id: string, scope: "user" | "system"): string {
  return say.known(`service.label.${id}.${scope}`) ?? id;
}
