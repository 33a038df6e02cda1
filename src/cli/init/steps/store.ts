import type { Draft } from "../draft.js";
import type { Ports } from "../ports.js";
import { describeStore } from "../write.js";

/** Where the tokens go: the best that works for how the daemon will run. It is asked only where the person can change that. */
export async function chooseStore(draft: Draft, ports: Ports): Promise<Draft> {
  const { ask, stores } = ports;
  for (;;) {
    const best = await ask.busy("Looking where tokens can be kept safely here", () => stores.choose(draft));
    const { id, why, passedOver } = best;
    ask.tell("good", why);
    const next = { ...draft, store: { id, why } };
    const mendable = passedOver.filter(({ code }) => code !== undefined && code !== "absent");
    if (mendable.length === 0) return next;
    for (const other of mendable)
      ask.tell(
        "warning",
        `${capital(describeStore(other.id))} would be better. ${other.why} ${withoutElsewhere(other.remedy)}`,
      );
    const chosen = await ask.select({
      id: "secrets.store",
      message: `Keep the tokens in ${describeStore(id)}?`,
      choices: [
        { value: "yes", label: "Yes" },
        { value: "again", label: "Look again", hint: "after doing what is said above" },
      ],
      initial: "yes",
    });
    if (chosen === "yes") return next;
  }
}

/** The command that moves secrets is for those who have some. */
function withoutElsewhere(remedy: string): string {
  return remedy.replace(/,? or keep secrets elsewhere: [\s\S]*$/, ".").replace(/[.,]+$/, ".");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
