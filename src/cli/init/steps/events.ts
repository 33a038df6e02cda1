import { type FeatureName, features } from "../../../domain/feature.js";
import type { Draft } from "../draft.js";
import type { Ports } from "../ports.js";

const labels: Partial<Record<FeatureName, { label: string; hint: string; on: boolean }>> = {
  pipelines: { label: "Pipelines", hint: "failures and recovery, not every success", on: true },
  reviews: { label: "Reviews", hint: "asked for, approved, changes requested", on: true },
  mentions: { label: "Mentions", hint: "of you and your teams", on: true },
  assignments: { label: "Assignments", hint: "to you", on: true },
  merge_requests: { label: "Merge requests", hint: "opened, merged, closed", on: true },
  comments: { label: "Comments", hint: "every one, in every thread", on: false },
  wiki: { label: "Wiki pages", hint: "what changed in them", on: false },
  docs: { label: "Documentation in the repository", hint: "docs/ and the like", on: false },
};

/** What the chosen projects tell. Whatever is chosen: own actions and bots stay silent. */
export async function chooseEvents(draft: Draft, { ask }: Ports): Promise<Draft> {
  const { rules } = draft;
  if (rules === undefined || rules.projects.length === 0) return draft;
  const delivered = features.filter((feature) => feature.delivered).map(({ name }) => name);
  const chosen = await ask.pick<FeatureName>({
    id: "events",
    message: "What shall these projects tell you? (your own actions and bots stay silent)",
    choices: delivered.map((value) => ({ value, label: value, ...labels[value] })),
    initial: delivered.filter((name) => labels[name]?.on === true),
    required: true,
  });
  return { ...draft, rules: { ...rules, features: chosen } };
}
