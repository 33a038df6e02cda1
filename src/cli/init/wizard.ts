import type { Subscription } from "../../domain/subscription.js";
import type { Say } from "../../i18n/wizard.js";
import type { Draft } from "./draft.js";
import type { Ports } from "./ports.js";
import { runSteps } from "./steps.js";
import { checkAll } from "./steps/check.js";
import { installService, sendFirstMessage, tellNext } from "./steps/finish.js";
import { review } from "./steps/review.js";
import { chooseStore } from "./steps/store.js";
import { welcome } from "./steps/welcome.js";
import { ownRules } from "./rules.js";
import { describeStore, type Left, newSecrets, storeOf, writeAll } from "./write.js";

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
  let settingsChanged: boolean;
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
    ({ draft, settingsChanged } = written);
    break;
  }
  const installed = await installService(draft, ports);
  await sendFirstMessage(draft, ports, installed.running);
  await tellNext(ports, { ...installed, settingsChanged, command });
  return "written";
}

interface Done {
  /** With which it was written. */
  draft: Draft;
  settingsChanged: boolean;
}

/** null: it could not be written, and the person gave up. */
async function write(draft: Draft, ports: Ports): Promise<Done | null> {
  const { ask, say } = ports;
  const written = await ask.busy(say("write.going"), () => writeAll(draft, ports));
  if (written.ok) {
    const tokens = newSecrets(draft).size === 0 ? "" : ` ${say("write.tokens", { place: written.place })}`;
    if (written.settingsChanged || draft.rules === undefined)
      ask.tell("good", `${say("write.done", { file: draft.existing.configFile })}${tokens}`);
    tellRules(draft, ports, written.rules);
    return { draft, settingsChanged: written.settingsChanged };
  }
  ask.tell("problem", `${written.problem} ${sayLeft(draft, say, written.left)}`);
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

function sayLeft(draft: Draft, say: Say, { secrets, rules }: Left): string {
  const place = describeStore(storeOf(draft), say);
  const parts = [
    ...(secrets.length === 0 ? [] : [say("write.left", { names: secrets.join(", "), place })]),
    ...(rules ? [say("write.rulesLeft")] : []),
  ];
  return parts.join(" ") || say("write.nothing");
}

/** What is told from now on, where it is changed, and what was there before. */
function tellRules(draft: Draft, { ask, say }: Ports, added: readonly Subscription[]): void {
  if (draft.rules === undefined) return;
  const before = ownRules(draft);
  if (added.length > 0) ask.tell("good", say("write.rules", { count: added.length }));
  else if (before.length > 0) ask.tell("info", say("write.noRules"));
  if (before.some(({ origin }) => origin === "config"))
    ask.tell("info", say("write.declared", { file: draft.existing.configFile }));
}

/** Tokens of an earlier run would stay behind in the store that is left; `gitnotify secrets move` takes them along. */
function hasTokens({ existing }: Draft): boolean {
  return existing.text.trim() !== "" && existing.secrets.length > 0;
}
