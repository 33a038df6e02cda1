import { hash } from "node:crypto";
import type { Concern, Event } from "../../domain/event.js";
import { findMentions, type MentionGrammar } from "../../domain/mentions.js";
import type { Person } from "../../domain/person.js";
import type { SeenDescription } from "../../domain/snapshot.js";
import { toEvent, type Scene } from "./context.js";

export interface MentionOptions {
  /** Logins and teams as `findMentions` gives them. */
  names: string[];
  key: string;
  happening: string;
  actor: Person | null;
  at?: string;
  body: string;
  url: string;
}

/**
 * One event for all whom a text mentions, or none when it mentions nobody but its writer. What reads like a team (`@types/node`)
 * may be none: only those of the account are known, and only they count.
 */
export function toMention(scene: Scene, options: MentionOptions): Event[] {
  const writer = options.actor?.login.toLowerCase();
  const names = options.names.filter(
    (name) => name.toLowerCase() !== writer && (!name.includes("/") || isTeamOfAccount(scene, name)),
  );
  if (names.length === 0) return [];
  const teams = names.filter((name) => isTeamOfAccount(scene, name));
  return [
    toEvent(scene, {
      kind: "mention.created",
      key: options.key,
      happening: options.happening,
      actor: options.actor,
      ...(options.at !== undefined && { at: options.at }),
      concerns: concernsOf(scene, names, options.actor),
      detail: { body: options.body, url: options.url, whom: names.map((name) => `@${name}`) },
      ...(teams.length > 0 && { attributes: { team: teams } }),
    }),
  ];
}

/** A login in a text becomes a person only where the id behind it is known. */
function concernsOf(scene: Scene, names: string[], actor: Person | null): Concern[] {
  const { account } = scene.context;
  const ids = new Set<string>();
  for (const name of names) {
    const person = scene.people.get(name.toLowerCase());
    if (asksAccount(scene, name)) ids.add(account.id);
    else if (person !== undefined) ids.add(person.id);
  }
  if (actor !== null) ids.delete(actor.id);
  return [...ids].map((personId) => ({ personId, as: "mentioned" }));
}

export function mentionsAccount(scene: Scene, names: string[]): boolean {
  return names.some((name) => asksAccount(scene, name));
}

function asksAccount(scene: Scene, name: string): boolean {
  const { account, mentionGrammar } = scene.context;
  const wanted = name.toLowerCase();
  return (
    wanted === account.login.toLowerCase() ||
    mentionGrammar.everyone.includes(wanted) ||
    isTeamOfAccount(scene, name)
  );
}

export function isTeamOfAccount(scene: Scene, name: string): boolean {
  const wanted = withoutAt(name).toLowerCase();
  return (scene.context.teams ?? []).some((team) => withoutAt(team).toLowerCase() === wanted);
}

function withoutAt(name: string): string {
  return name.startsWith("@") ? name.slice(1) : name;
}

/** Reads a description only when it is another text than before: most polls bring the same long one again. */
export function seeDescription(
  text: string | undefined,
  before: SeenDescription | null,
  grammar: MentionGrammar,
): SeenDescription {
  const known = { mentioned: before?.mentioned ?? [], descriptionHash: before?.descriptionHash };
  if (text === undefined) return known;
  const descriptionHash = hash("sha1", text, "base64").slice(0, 16);
  return descriptionHash === known.descriptionHash
    ? known
    : { mentioned: findMentions(text, grammar), descriptionHash };
}

/** Those of `names` that were not there before; upper and lower case are the same. */
export function newNames(names: string[], before: string[]): string[] {
  const known = new Set(before.map((name) => name.toLowerCase()));
  return names.filter((name) => !known.has(name.toLowerCase()));
}
