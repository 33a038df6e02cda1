import type { Draft } from "./draft.js";
import type { Ports } from "./ports.js";
import { runSteps } from "./steps.js";
import { checkAll } from "./steps/check.js";
import { installService, sendFirstMessage, tellNext } from "./steps/finish.js";
import { review } from "./steps/review.js";
import { chooseStore } from "./steps/store.js";
import { welcome } from "./steps/welcome.js";
import { describeStore, newSecrets, storeOf, writeAll } from "./write.js";

export type Outcome = "written" | "checked" | "nothing" | "failed";

/**
 * The whole wizard: what is there, the questions, the review, and then everything is written at once. Until `write` nothing on
 * the machine changes. Rejects with `Interrupted` when the person ends it.
 */
export async function runWizard(first: Draft, ports: Ports, command: string): Promise<Outcome> {
  ports.ask.begin("gitnotify init");
  const start = await welcome(first, ports);
  if (start.do === "leave") return "nothing";
  if (start.do === "check") return (await checkAll(first, ports)) ? "checked" : "failed";
  let draft = await runSteps({ ...first, wanted: start.wanted }, ports, start.wanted);
  for (;;) {
    const decision = await review(draft, ports);
    if (decision.do === "stop") return "nothing";
    if (decision.do === "change") {
      const wanted = new Set([decision.step.id, ...(decision.step.with ?? [])]);
      draft = await runSteps(draft, ports, wanted);
      continue;
    }
    const written = await write(draft, ports);
    if (written === null) return "failed";
    draft = written;
    break;
  }
  const installed = await installService(draft, ports);
  await sendFirstMessage(draft, ports, installed.running);
  await tellNext(ports, { ...installed, command });
  return "written";
}

/** null: it could not be written, and the person gave up. Otherwise the draft with which it was. */
async function write(draft: Draft, ports: Ports): Promise<Draft | null> {
  const { ask, say } = ports;
  const written = await ask.busy(say("write.going"), () => writeAll(draft, ports));
  if (written.ok) {
    const tokens = newSecrets(draft).size === 0 ? "" : ` ${say("write.tokens", { place: written.place })}`;
    ask.tell("good", `${say("write.done", { file: draft.existing.configFile })}${tokens}`);
    return draft;
  }
  const state =
    written.left.length === 0
      ? say("write.nothing")
      : say("write.left", {
          names: written.left.join(", "),
          place: describeStore(storeOf(draft), say),
        });
  ask.tell("problem", `${written.problem} ${state}`);
  const chosen = await ask.select({
    id: "write.failed",
    message: say("write.failed.ask"),
    choices: [
      { value: "again", label: say("write.again"), hint: say("write.again.hint") },
      ...(written.what === "secrets" && !hasTokens(draft)
        ? [{ value: "store", label: say("write.store") }]
        : []),
      { value: "stop", label: say("write.stop") },
    ],
  });
  if (chosen === "stop") return null;
  const next = chosen === "store" ? await chooseStore({ ...draft, refused: [...draft.refused, storeOf(draft)] }, ports) : draft; // prettier-ignore
  return write(next, ports);
}

/** Tokens of an earlier run would stay behind in the store that is left; `gitnotify secrets move` takes them along. */
function hasTokens({ existing }: Draft): boolean {
  return existing.text.trim() !== "" && existing.secrets.length > 0;
}
