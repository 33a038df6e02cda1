import type { MergeRequestFacts } from "../domain/facts/index.js";
import type { Person } from "../domain/person.js";
import { oneLine } from "../lib/shorten.js";
import type { Translate } from "./index.js";

const mostNames = 3;

/** The name that people know; logins only where there is none. */
export function nameOf(person: Person | null): string {
  if (person === null) return "";
  return oneLine(person.name ?? "", 40) || person.login;
}

/** `Ann, Bob, Carol and 2 more` */
export function listNames(names: readonly string[], translate: Translate): string {
  const more = names.length - mostNames;
  const shown = names.slice(0, mostNames).join(", ");
  return more > 0 ? `${shown} ${translate("card.more", { count: more })}` : shown;
}

/** `✋ Bob requested changes`; undefined when nobody wants any, or nobody knows. */
export function refusalText(people: readonly Person[] | undefined, translate: Translate): string | undefined {
  if (people === undefined || people.length === 0) return undefined;
  const whom = listNames(people.map(nameOf), translate);
  return `✋ ${translate("card.changes_requested", { whom, count: people.length })}`;
}

/** `waiting for Bob, acme/core`: who was asked and does not approve yet. */
export function waitingText(
  { reviewRequests = [], approvedBy = [] }: Pick<MergeRequestFacts, "reviewRequests" | "approvedBy">,
  translate: Translate,
): string | undefined {
  const approving = new Set(approvedBy.map(({ id }) => id));
  const names = reviewRequests.flatMap(({ person, team }) => {
    if (person === undefined) return team ?? [];
    return approving.has(person.id) ? [] : nameOf(person);
  });
  return names.length === 0 ? undefined : translate("card.waiting", { whom: listNames(names, translate) });
}
