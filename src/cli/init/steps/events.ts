import { type FeatureName, features } from "../../../domain/feature.js";
import type { Draft } from "../draft.js";
import type { Ports } from "../ports.js";

/** What most people want of a whole project; the rest is there for the asking. */
const usual: ReadonlySet<FeatureName> = new Set([
  ...(["pipelines", "reviews", "mentions", "assignments", "merge_requests"] as const),
]);

/** What the chosen projects tell. Whatever is chosen: own actions and bots stay silent. */
export async function chooseEvents(draft: Draft, { ask, say }: Ports): Promise<Draft> {
  const { rules } = draft;
  if (rules === undefined || rules.projects.length === 0) return draft;
  const delivered = features.filter((feature) => feature.delivered).map(({ name }) => name);
  const chosen = await ask.pick<FeatureName>({
    id: "events",
    message: say("events.ask"),
    choices: delivered.map((value) => ({
      value,
      label: say.known(`events.${value}`) ?? value,
      hint: say.known(`events.${value}.hint`) ?? undefined,
    })),
    initial: delivered.filter((name) => usual.has(name)),
    required: true,
  });
  return { ...draft, rules: { ...rules, features: chosen } };
}
