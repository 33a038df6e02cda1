import { connectionSecret, telegramSecret } from "../../../secrets/secret-store.js";
import { ownerOf, type Draft, type Existing, type StepId } from "../draft.js";
import type { Ports } from "../ports.js";
import { steps } from "../steps.js";

export type Start = { do: "steps"; wanted: ReadonlySet<StepId> } | { do: "check" } | { do: "leave" };

/** Finds what is set up, and asks what this run is for. On an empty machine there is nothing to ask. */
export async function welcome(draft: Draft, { ask }: Ports): Promise<Start> {
  const { existing } = draft;
  if (existing.text.trim() === "") {
    return { do: "steps", wanted: new Set(steps.filter(({ id }) => id !== "tokens").map(({ id }) => id)) };
  }
  const missing = findMissing(draft);
  ask.note("Set up already, and kept", [
    ...describeExisting(existing),
    ...missing.map(({ what }) => `missing: ${what}`),
  ]);
  if (existing.secretsProblem !== undefined) ask.tell("problem", existing.secretsProblem);
  const chosen = await ask.select({
    id: "again",
    message: "What would you like to do?",
    choices: [
      ...(missing.length === 0 ? [] : [{ value: "finish", label: "Finish: add what is missing" }]),
      { value: "connections", label: "Add a GitHub or GitLab, or another account" },
      { value: "change", label: "Change something" },
      { value: "check", label: "Only check that everything works" },
      { value: "leave", label: "Nothing" },
    ],
  });
  if (chosen === "check") return { do: "check" };
  if (chosen === "leave") return { do: "leave" };
  if (chosen === "finish") return { do: "steps", wanted: new Set(missing.flatMap((one) => one.steps)) };
  return {
    do: "steps",
    wanted: withCompanions(chosen === "change" ? await askStep(draft, ask) : "connections"),
  };
}

async function askStep(draft: Draft, ask: Ports["ask"]): Promise<StepId> {
  const hasConnections = draft.existing.config.connections.length > 0;
  return ask.select<StepId>({
    id: "change",
    message: "What would you like to change?",
    choices: steps
      .filter(({ id }) => id !== "events" && (id !== "tokens" || hasConnections))
      // Moving the secrets that are there is a command of its own, which can undo itself.
      .filter(({ id }) => id !== "store" && id !== "connections")
      .map(({ id, label }) => ({ value: id, label })),
  });
}

function withCompanions(id: StepId): ReadonlySet<StepId> {
  return new Set([id, ...(steps.find((step) => step.id === id)?.with ?? [])]);
}

interface Missing {
  what: string;
  steps: StepId[];
}

function findMissing(draft: Draft): Missing[] {
  const { existing } = draft;
  const { connections, subscriptions } = existing.config;
  const has = (name: string) => existing.secretsProblem !== undefined || existing.secrets.includes(name);
  const tokenless = connections.filter(({ id }) => !has(connectionSecret(id))).map(({ id }) => id);
  return [
    ...(connections.length === 0
      ? [{ what: "a GitHub or GitLab", steps: ["connections", "projects", "events"] as StepId[] }]
      : []),
    ...(tokenless.length === 0
      ? []
      : [{ what: `the token of ${tokenless.join(", ")}`, steps: ["tokens"] as StepId[] }]),
    ...(has(telegramSecret) ? [] : [{ what: "the token of the Telegram bot", steps: ["bot"] as StepId[] }]),
    ...(ownerOf(draft) === null
      ? [{ what: "an owner: nobody is paired", steps: ["owner"] as StepId[] }]
      : []),
    ...(subscriptions.length === 0 && connections.length > 0 && ownerOf(draft) === null
      ? [{ what: "something to watch", steps: ["projects", "events"] as StepId[] }]
      : []),
  ];
}

function describeExisting({ configFile, config, daemon, owner }: Existing): string[] {
  const { connections, telegram } = config;
  const named = telegram.owner ?? owner?.id;
  return [
    `settings   ${configFile}`,
    ...connections.map(({ id, url }) => `connection ${id}: ${url}`),
    ...(named === undefined ? [] : [`owner      ${owner?.id === named ? owner.name : named}`]),
    `rules      ${config.subscriptions.length} in config.yaml`,
    ...(daemon === null ? [] : [`running    process ${daemon}`]),
  ];
}
