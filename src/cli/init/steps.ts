import type { Draft, StepId } from "./draft.js";
import type { Ports } from "./ports.js";
import { setUpBot } from "./steps/bot.js";
import { addConnections } from "./steps/connections.js";
import { chooseEvents } from "./steps/events.js";
import { chooseLanguage } from "./steps/language.js";
import { pairOwner } from "./steps/owner.js";
import { chooseProjects } from "./steps/projects.js";
import { chooseService } from "./steps/service.js";
import { chooseStore } from "./steps/store.js";
import { replaceTokens } from "./steps/tokens.js";

export interface Step {
  id: StepId;
  /** Answers that this one builds on, so that they are asked with it. */
  with?: readonly StepId[];
  run(draft: Draft, ports: Ports): Promise<Draft>;
}

/** Every step, in the order in which a first run goes through them. None writes anything. */
export const steps: readonly Step[] = [
  { id: "language", run: chooseLanguage },
  { id: "connections", with: ["projects", "events"], run: addConnections },
  { id: "tokens", run: replaceTokens },
  { id: "bot", run: setUpBot },
  { id: "owner", run: pairOwner },
  { id: "projects", with: ["events"], run: chooseProjects },
  { id: "events", run: chooseEvents },
  { id: "service", run: chooseService },
  { id: "store", run: chooseStore },
];

/** Goes through those that are wanted, in their order. */
export async function runSteps(draft: Draft, ports: Ports, wanted: ReadonlySet<StepId>): Promise<Draft> {
  let next = draft;
  for (const step of steps) {
    if (wanted.has(step.id)) next = await step.run(next, ports);
  }
  return next;
}
