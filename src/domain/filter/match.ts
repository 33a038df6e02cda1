import type { AttributeName, Event } from "../event.js";
import { matchesWildcard } from "../wildcard.js";
import { concernsSubject, peopleKeys, readerKeys, type Filter, type FilterTerm } from "./terms.js";

/** Who reads: the accounts of one member. Empty for a group, so that `me` is nobody there. */
export interface Reader {
  accounts: Array<{ connectionId: string; personId: string; login: string }>;
}

/**
 * Whether the filter lets the event through to this reader. A filter without `bot:` or `self:` says nothing about them:
 * what holds then is the routing's to decide.
 */
export function matchesFilter(filter: Filter, event: Event, reader: Reader): boolean {
  if (!allows(filter.bot, event.actor?.bot === true)) return false;
  if (!allows(filter.self, isOwnAction(event, reader))) return false;
  const positive = new Map<AttributeName, boolean>();
  for (const term of filter.terms) {
    if (!concernsSubject(term.key, event.subject.type)) continue;
    const matched = matchesTerm(term, event, reader);
    if (term.negated && matched) return false;
    if (!term.negated) positive.set(term.key, matched || positive.get(term.key) === true);
  }
  return [...positive.values()].every(Boolean);
}

/**
 * Whether the filter asks for `key` by a term that is not negated; with `value`, whether one of its values covers that
 * value. Routing asks this for kinds that only come when they are named (`kind:pipeline.succeeded`, `status:success`).
 */
export function mentionsTerm(filter: Filter, key: AttributeName, value?: string): boolean {
  return filter.terms.some((term) => {
    if (term.key !== key || term.negated) return false;
    return value === undefined || term.values.some((wanted) => covers(key, wanted, value));
  });
}

function allows(wanted: Filter["bot"], is: boolean): boolean {
  if (wanted === "only") return is;
  return wanted !== "false" || !is;
}

function isOwnAction(event: Event, reader: Reader): boolean {
  return accountsOn(event, reader).some((account) => account.personId === event.actor?.id);
}

function accountsOn(event: Event, reader: Reader): Reader["accounts"] {
  return reader.accounts.filter((account) => account.connectionId === event.subject.connectionId);
}

function matchesTerm(term: FilterTerm, event: Event, reader: Reader): boolean {
  const actual = valuesOf(event, term.key);
  return term.values.some((wanted) => {
    if (readerKeys.includes(term.key) && isMe(wanted)) {
      return accountsOn(event, reader).some(({ login }) => actual.some((value) => isSameLogin(value, login)));
    }
    return actual.some((value) => covers(term.key, wanted, value));
  });
}

/** What the event says of this key. A branch is a pipeline's own or either of a merge request's two. */
function valuesOf(event: Event, key: AttributeName): string[] {
  const { attributes } = event;
  if (key === "kind") return [event.kind];
  if (key === "branch") {
    return [...(attributes.branch ?? []), ...(attributes.base ?? []), ...(attributes.head ?? [])];
  }
  return attributes[key] ?? [];
}

function covers(key: AttributeName, wanted: string, value: string): boolean {
  if (peopleKeys.includes(key)) return matchesWildcard(withoutAt(wanted), withoutAt(value));
  if (key === "status") return matchesWildcard(toStatusWord(wanted), toStatusWord(value));
  return matchesWildcard(wanted, value);
}

/** Without wildcards: an account could be called anything. */
function isSameLogin(a: string, b: string): boolean {
  return withoutAt(a).toLowerCase() === withoutAt(b).toLowerCase();
}

function isMe(value: string): boolean {
  return withoutAt(value).toLowerCase() === "me";
}

function withoutAt(value: string): string {
  return value.startsWith("@") ? value.slice(1) : value;
}

/** The two platforms have different words for the same end of a pipeline, and people use all of them. */
const statusWords: Record<string, string> = {
  failure: "failed",
  succeeded: "success",
  passed: "success",
  cancelled: "canceled",
};

function toStatusWord(value: string): string {
  return statusWords[value.toLowerCase()] ?? value;
}
