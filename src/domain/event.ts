import type { Person } from "./person.js";
import type { Subject } from "./subject.js";

/** How an event concerns a person. */
export type Role = "mentioned" | "reviewer" | "assignee" | "author" | "starter";

export interface Concern {
  /** `Person.id` on the event's connection. */
  personId: string;
  as: Role;
}

/** The terms of the filter language that describe an event; every value is what a person would type. */
export type Attributes = Partial<Record<AttributeName, string[]>>;

export const attributeNames = [
  "author", "actor", "team", "reviewer", "assignee", "label", "base", "head", "branch", "tag",
  "path", "draft", "status", "workflow", "kind", "state",
] as const; // prettier-ignore

export type AttributeName = (typeof attributeNames)[number];

/** A normalised fact: something happened, once. */
export interface Event {
  /** Says what happened, once, whatever told us. Unique over all connections. */
  key: string;
  /** Name of a registered event kind, e.g. `pipeline.failed`. */
  kind: string;
  subject: Subject;
  /** Who did it; null = nobody in particular, or not told. */
  actor: Person | null;
  /** ISO instant from the server; undefined where it tells none. */
  at?: string;
  concerns: Concern[];
  attributes: Attributes;
  /** Events that stem from one happening (a review with a mention in it) share this; a chat gets the most telling one. */
  happening?: string;
  /** What the card says of it. */
  detail: EventDetail;
}

export interface EventDetail {
  /** Text that somebody wrote, unescaped and uncut. */
  body?: string;
  url?: string;
  /** Reviewer, assignee or mentioned person, as written to people (`@ann`, `@org/team`). */
  whom?: string[];
  path?: string;
  /** `pipeline.fixed`: what recovered. */
  fixed?: { runs: number; brokenSince?: string; byNumber?: number; byUrl?: string };
  count?: number;
  /** Key of the review that this remark belongs to: remarks of one review are told together. */
  review?: string;
  /** `pipeline.failed` where the line was broken already: since when. */
  brokenSince?: string;
  /** A pipeline of a merge request that is a draft. */
  ofDraft?: boolean;
  /** A pipeline that a schedule started: nobody sits and waits for it. */
  scheduled?: boolean;
  /** The merge request is a bot's: then also what nobody in particular did to it (a conflict) counts as the bot's. */
  authoredByBot?: boolean;
}
