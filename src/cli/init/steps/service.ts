import type { Draft, ServiceChoice } from "../draft.js";
import type { Ports } from "../ports.js";

type Answer = "user" | "boot" | "system" | "none";

/** Whether the daemon is to run by itself from now on. It is installed at the end, when everything else is written. */
export async function chooseService(draft: Draft, ports: Ports): Promise<Draft> {
  const { ask, services } = ports;
  const [user, system] = await Promise.all([services.find("user"), services.find("system")]);
  const offers = [
    ...(user.ok ? userChoices(user.label, user.lingers) : []),
    ...(system.ok
      ? [{ value: "system" as const, label: "Yes, for the whole machine", hint: system.label }]
      : []),
  ];
  if (offers.length === 0) {
    const why = user.ok ? "" : user.why;
    ask.tell("info", `gitnotify cannot be made a service here: ${why} It runs with \`gitnotify start\`.`);
    return { ...draft, service: "none", startsBeforeLogin: false };
  }
  const chosen = await ask.select<Answer>({
    id: "service",
    message: "Shall gitnotify run in the background from now on?",
    choices: [...offers, { value: "none", label: "No, I start it myself", hint: "gitnotify start" }],
    unattended: "none",
  });
  const service: ServiceChoice = chosen === "boot" ? "user" : chosen;
  return { ...draft, service, startsBeforeLogin: chosen === "boot" || chosen === "system" };
}

function userChoices(label: string, lingers: boolean) {
  const boot = { value: "boot" as const, label: "Yes, from the machine's start on", hint: "a server" };
  return [
    { value: "user" as const, label: "Yes, while I am logged in", hint: label },
    ...(lingers ? [boot] : []),
  ];
}
