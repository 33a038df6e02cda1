import { telegramSecret } from "../../../secrets/secret-store.js";
import { ownerOf, type Draft } from "../draft.js";
import type { Ports } from "../ports.js";
import { steps } from "../steps.js";
import { describeStore, newSecrets, storeOf } from "../write.js";
import { personal } from "./projects.js";

export type Decision = { do: "write" } | { do: "change"; step: (typeof steps)[number] } | { do: "stop" };

/** Shows what will be written, and where. Nothing has been until now. */
export async function review(draft: Draft, { ask }: Ports): Promise<Decision> {
  ask.note("This is what will be written", describe(draft));
  const chosen = await ask.select({
    id: "confirm",
    message: "Write it?",
    choices: [
      { value: "write", label: "Yes" },
      { value: "change", label: "Change an answer first" },
      { value: "stop", label: "No, write nothing" },
    ],
    initial: "write",
  });
  if (chosen === "stop") return { do: "stop" };
  if (chosen === "write") return { do: "write" };
  const id = await ask.select({
    id: "change",
    message: "Which one?",
    choices: steps
      .filter((step) => draft.wanted.has(step.id))
      .map((step) => ({ value: step.id, label: changeLabel[step.id] ?? step.label })),
  });
  const step = steps.find((one) => one.id === id);
  return step === undefined ? { do: "write" } : { do: "change", step };
}

const changeLabel: Partial<Record<string, string>> = {
  bot: "The bot",
  owner: "Who the bot is for",
  projects: "The projects",
  events: "What the projects tell",
};

function describe(draft: Draft): string[] {
  const { existing, connections, bot, rules, language, service } = draft;
  const owner = ownerOf(draft);
  const rows: Array<[string, string]> = [
    ["settings", existing.configFile],
    [
      "tokens",
      newSecrets(draft).size === 0
        ? ""
        : `of ${[...newSecrets(draft).keys()].map(nameOf).join(", ")} → ${describeStore(storeOf(draft))}`,
    ],
    ...connections.map(({ connection, access, isNew }): [string, string] => [
      isNew ? "connection" : "new token",
      `${connection.id}: ${access.account.login} on ${connection.url}`,
    ]),
    ["bot", bot === undefined ? "" : `@${bot.identity.username}`],
    [
      "owner",
      owner === null ? "paired later" : owner.name === owner.id ? owner.id : `${owner.name} (${owner.id})`,
    ],
    ["watched", describeWatched(rules)],
    ["events", rules === undefined ? "" : rules.features.join(", ")],
    ["language", language ?? ""],
    [
      "service",
      { none: "none: you run gitnotify start", user: "in the background", system: "of the machine" }[service],
    ],
  ];
  const shown = rows.filter(([, value]) => value !== "");
  return shown.map(([name, value]) => `${name.padEnd(10)} ${value}`);
}

/** `connection/github` is the name of a secret; people know the connection. */
function nameOf(secret: string): string {
  return secret === telegramSecret ? "the bot" : secret.replace(/^connection\//, "");
}

function describeWatched(rules: Draft["rules"]): string {
  if (rules === undefined) return "";
  const parts = [...(rules.personal ? ["whatever concerns you"] : []), ...rules.projects];
  return parts.filter((part) => part !== personal).join(", ") || "nothing yet";
}
