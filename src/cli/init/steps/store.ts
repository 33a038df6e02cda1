import type { Draft } from "../draft.js";
import type { Ports } from "../ports.js";
import { describeStoreError } from "../trouble.js";
import { describeStore, sayStore } from "../write.js";

/** Where the tokens go: the best that works for how the daemon will run. It is asked only where the person can change that. */
export async function chooseStore(draft: Draft, ports: Ports): Promise<Draft> {
  const { ask, say, stores } = ports;
  for (;;) {
    const best = await ask.busy(say("store.looking"), () => stores.choose(draft));
    const { id, why, passedOver } = best;
    ask.tell("good", sayStore(say, best));
    const next = { ...draft, store: { id, why } };
    const mendable = passedOver.filter(({ code }) => code !== undefined && code !== "absent");
    if (mendable.length === 0) return next;
    for (const { id: place, code, why: message, remedy } of mendable) {
      const told = describeStoreError(say, { code, message, remedy: withoutElsewhere(remedy) });
      ask.tell("warning", say("store.better", { place: capital(describeStore(place, say)), why: told }));
    }
    const chosen = await ask.select({
      id: "secrets.store",
      message: say("store.ask", { place: describeStore(id, say) }),
      choices: [
        { value: "yes", label: say("store.yes") },
        { value: "again", label: say("store.again"), hint: say("store.again.hint") },
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
