import type { Say } from "../../../i18n/wizard.js";
import { telegramSecret } from "../../../secrets/secret-store.js";
import { ownerOf, type Draft, type DraftOwner, type StepId } from "../draft.js";
import type { Ports } from "../ports.js";
import { steps } from "../steps.js";
import { describeStore, newSecrets, storeOf } from "../write.js";
import { personal } from "./projects.js";

export type Decision = { do: "write" } | { do: "change"; step: (typeof steps)[number] } | { do: "stop" };

/** Shows what will be written, and where. Nothing has been until now. */
export async function review(draft: Draft, ports: Ports): Promise<Decision> {
  const { ask, say } = ports;
  ask.note(say("review.title"), describe(draft, say));
  const chosen = await ask.select({
    id: "confirm",
    message: say("review.ask"),
    choices: [
      { value: "write", label: say("review.yes") },
      { value: "change", label: say("review.change") },
      { value: "stop", label: say("review.no") },
    ],
    initial: "write",
  });
  if (chosen === "stop") return { do: "stop" };
  if (chosen === "write") return { do: "write" };
  const id = await ask.select({
    id: "change",
    message: say("review.which"),
    choices: [
      ...steps
        .filter((step) => draft.wanted.has(step.id))
        .map((step) => ({ value: step.id, label: labelOf(step.id, say) })),
      { value: "back" as const, label: say("change.back") },
    ],
  });
  const step = steps.find((one) => one.id === id);
  return step === undefined ? review(draft, ports) : { do: "change", step };
}

/** As an answer of this run; some are called otherwise where they are an errand of their own. */
function labelOf(id: StepId, say: Say): string {
  return say.known(`answer.${id}`) ?? say(`step.${id}`);
}

function describe(draft: Draft, say: Say): string[] {
  const { existing, connections, bot, rules, language, service } = draft;
  const owner = ownerOf(draft);
  const names = [...newSecrets(draft).keys()].map((name) => nameOf(name, say)).join(", ");
  const tokens =
    names === "" ? "" : say("review.tokens", { names, place: describeStore(storeOf(draft), say) });
  const rows: Array<[Row, string]> = [
    ["settings", existing.configFile],
    ["tokens", tokens],
    ...connections.map(({ connection: { id, url }, access, isNew }): [Row, string] => [
      isNew ? "connection" : "token",
      say("review.connection", { id, login: access.account.login, url }),
    ]),
    ["bot", bot === undefined ? "" : `@${bot.identity.username}`],
    ["owner", owner === null ? say("review.later") : describeOwner(owner)],
    ["watched", describeWatched(rules, say)],
    ["events", rules === undefined ? "" : describeEvents(rules.features, say)],
    ["language", language === undefined ? "" : { en: "English", ru: "Русский" }[language]],
    ["service", say(`review.service.${service}`)],
  ];
  const shown = rows.filter(([, value]) => value !== "");
  return shown.map(([name, value]) => `${say(`row.${name}`).padEnd(10)} ${value}`);
}

type Row = "settings" | "tokens" | "connection" | "token" | "bot" | "owner" | "watched" | "events" | "language" | "service"; // prettier-ignore

function describeOwner({ id, name }: DraftOwner): string {
  return name === id ? id : `${name} (${id})`;
}

/** `connection/github` is the name of a secret; people know the connection. */
function nameOf(secret: string, say: Say): string {
  return secret === telegramSecret ? say("review.theBot") : secret.replace(/^connection\//, "");
}

/** Labels of choices that stand in one sentence here. */
function describeEvents(features: readonly string[], say: Say): string {
  const labels = features.map((name) => say.known(`events.${name}`) ?? name);
  return labels.map((label) => label.charAt(0).toLowerCase() + label.slice(1)).join(", ");
}

function describeWatched(rules: Draft["rules"], say: Say): string {
  if (rules === undefined) return "";
  const parts = [...(rules.personal ? [say("review.personal")] : []), ...rules.projects];
  return parts.filter((part) => part !== personal).join(", ") || say("review.nothing");
}
