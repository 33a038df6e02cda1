import type { Say } from "../../../i18n/wizard.js";
import { connectionSecret, telegramSecret } from "../../../secrets/secret-store.js";
import { ownerOf, type Draft, type StepId } from "../draft.js";
import type { Ports } from "../ports.js";
import { describeRule, existingRules } from "../rules.js";
import { steps } from "../steps.js";
import { describeTrouble } from "../trouble.js";

export type Start = { do: "steps"; wanted: ReadonlySet<StepId> } | { do: "check" } | { do: "leave" };

/** Finds what is set up, and asks what this run is for. On an empty machine there is nothing to ask. */
export async function welcome(draft: Draft, ports: Ports): Promise<Start> {
  const { ask, say } = ports;
  const { existing } = draft;
  if (existing.text.trim() === "") {
    return { do: "steps", wanted: new Set(steps.filter(({ id }) => id !== "tokens").map(({ id }) => id)) };
  }
  const missing = findMissing(draft);
  ask.note(say("again.title"), [
    ...describeExisting(draft, say),
    ...missing.map(({ what, ids = "" }) => say(`missing.${what}`, { ids })),
  ]);
  if (existing.secretsProblem !== undefined)
    ask.tell("problem", describeTrouble(say, existing.secretsProblem));
  const chosen = await ask.select({
    id: "again",
    message: say("again.ask"),
    choices: [
      ...(missing.length === 0 ? [] : [{ value: "finish", label: say("again.finish") }]),
      { value: "connections", label: say("again.connections") },
      { value: "change", label: say("again.change") },
      { value: "check", label: say("again.check") },
      { value: "leave", label: say("again.leave") },
    ],
  });
  if (chosen === "check") return { do: "check" };
  if (chosen === "leave") return { do: "leave" };
  if (chosen === "finish") return { do: "steps", wanted: new Set(missing.flatMap((one) => one.steps)) };
  const step = chosen === "change" ? await askStep(draft, ports) : "connections";
  return step === "back" ? welcome(draft, ports) : { do: "steps", wanted: withCompanions(step) };
}

async function askStep(draft: Draft, { ask, say }: Ports): Promise<StepId | "back"> {
  const hasConnections = draft.existing.config.connections.length > 0;
  const offered = steps
    .filter(({ id }) => id !== "events" && (id !== "tokens" || hasConnections))
    // Moving the secrets that are there is a command of its own, which can undo itself.
    .filter(({ id }) => id !== "store" && id !== "connections")
    .map(({ id }) => ({ value: id, label: say(`step.${id}`) }));
  const back = { value: "back" as const, label: say("change.back") };
  return ask.select<StepId | "back">({
    id: "change",
    message: say("change.ask"),
    choices: [...offered, back],
  });
}

function withCompanions(id: StepId): ReadonlySet<StepId> {
  return new Set([id, ...(steps.find((step) => step.id === id)?.with ?? [])]);
}

interface Missing {
  what: "connections" | "tokens" | "bot" | "owner" | "projects";
  ids?: string;
  steps: StepId[];
}

function findMissing(draft: Draft): Missing[] {
  const { existing } = draft;
  const { connections } = existing.config;
  const has = (name: string) => existing.secretsProblem !== undefined || existing.secrets.includes(name);
  const tokenless = connections.filter(({ id }) => !has(connectionSecret(id))).map(({ id }) => id);
  const missing: Missing[] = [];
  if (connections.length === 0)
    missing.push({ what: "connections", steps: ["connections", "projects", "events"] });
  if (tokenless.length > 0) missing.push({ what: "tokens", ids: tokenless.join(", "), steps: ["tokens"] });
  if (!has(telegramSecret)) missing.push({ what: "bot", steps: ["bot"] });
  if (ownerOf(draft) === null) missing.push({ what: "owner", steps: ["owner"] });
  if (existingRules(draft).length === 0 && connections.length > 0)
    missing.push({ what: "projects", steps: ["projects", "events"] });
  return missing;
}

/** Beyond that the list is read with `gitnotify subscriptions list`. */
const shownRules = 8;

function describeExisting(draft: Draft, say: Say): string[] {
  const { configFile, config, daemon, owner } = draft.existing;
  const rules = existingRules(draft);
  const { connections, telegram } = config;
  const named = telegram.owner ?? owner?.id;
  return [
    say("existing.settings", { file: configFile }),
    ...connections.map(({ id, url }) => say("existing.connection", { id, url })),
    ...(named === undefined
      ? []
      : [say("existing.owner", { name: owner?.id === named ? owner.name : named })]),
    ...rules.slice(0, shownRules).map((rule) => describeRule(say, rule)),
    ...(rules.length > shownRules ? [say("existing.moreRules", { count: rules.length - shownRules })] : []),
    ...(daemon === null ? [] : [say("existing.running", { pid: String(daemon) })]),
  ];
}
