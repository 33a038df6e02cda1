import type { Account } from "../../domain/connection.js";
import type { Attributes, Concern, Event, EventDetail, Role } from "../../domain/event.js";
import type { MentionGrammar } from "../../domain/mentions.js";
import type { Person } from "../../domain/person.js";
import type { Project } from "../../domain/project.js";
import type { PipelineLine, Snapshot } from "../../domain/snapshot.js";
import type { Subject, SubjectType } from "../../domain/subject.js";

export interface CompareContext {
  project: Project;
  /** The first poll of the source: store, tell nothing. */
  baseline: boolean;
  /** Who the connection's credential belongs to. */
  account: Account;
  /** Teams and groups of the account, as written in a mention (`org/team`, `group`). */
  teams?: string[];
  /** How the platform reads an `@`. */
  mentionGrammar: MentionGrammar;
  /** For a pipeline: the stored state of its line (`toLine`). */
  line?: PipelineLine | null;
  /** For a pipeline of a merge request: its author and whether it is a draft, where a snapshot knows. */
  mergeRequest?: { author: Person | null; draft: boolean } | null;
}

export interface Comparison {
  /** In the order in which they happened, as far as it is known. */
  events: Event[];
  /** To be stored in place of the prior one. */
  snapshot: Snapshot;
  /** For a pipeline: the line to be stored; undefined when it did not change. */
  line?: PipelineLine;
  /** Ids of earlier failed pipelines that this one made good: their cards say so from now on (`toFixed`). */
  fixes?: string[];
}

/** What the events of one subject have in common. */
export interface Scene {
  subject: Subject;
  attributes: Attributes;
  /** Beginning of every key: connection, project, subject. */
  base: string;
  context: CompareContext;
  /** Logins are renamed and reused; ids are known for those whom the facts name. By login in lower case. */
  people: Map<string, Person>;
}

/** Short, for they stand in every key. */
const keyWords: Record<SubjectType, string> = {
  merge_request: "mr",
  pipeline: "pipeline",
  wiki_page: "wiki",
  docs_change: "docs",
  issue: "issue",
};

export interface SceneOptions {
  type: SubjectType;
  id: string;
  attributes: Attributes;
  context: CompareContext;
  people?: ReadonlyArray<Person | null | undefined>;
}

export function toScene({ type, id, attributes, context, people = [] }: SceneOptions): Scene {
  const { connectionId, id: projectId } = context.project;
  return {
    subject: { connectionId, projectId, type, id },
    attributes,
    base: `${connectionId}/${projectId}/${keyWords[type]}/${id}`,
    context,
    people: new Map(people.flatMap((person) => (person ? [[person.login.toLowerCase(), person]] : []))),
  };
}

export interface EventOptions {
  kind: string;
  /** The rest of the key after the subject. */
  key: string;
  actor?: Person | null;
  at?: string;
  concerns?: Concern[];
  detail?: EventDetail;
  attributes?: Attributes;
  happening?: string;
}

export function toEvent(scene: Scene, options: EventOptions): Event {
  const actor = options.actor ?? null;
  return {
    key: `${scene.base}/${options.key}`,
    kind: options.kind,
    subject: scene.subject,
    actor,
    ...(options.at !== undefined && { at: options.at }),
    concerns: options.concerns ?? [],
    attributes: {
      ...scene.attributes,
      ...(actor !== null && { actor: [actor.login] }),
      ...options.attributes,
    },
    ...(options.happening !== undefined && { happening: `${scene.base}/${options.happening}` }),
    detail: options.detail ?? {},
  };
}

/** Concerns of these people in this role, without the one who did it: nobody is told of their own doing as if it were another's. */
export function toConcerns(
  people: ReadonlyArray<{ id: string } | null | undefined>,
  as: Role,
  actor: Person | null,
): Concern[] {
  return people.flatMap((person) =>
    person == null || person.id === actor?.id ? [] : [{ personId: person.id, as }],
  );
}

/** Not older than the news; an unknown border lets everything pass, an unknown time nothing. */
export function isNews(at: string | undefined, newsSince: string | undefined): boolean {
  if (newsSince === undefined) return true;
  return at !== undefined && Date.parse(at) >= Date.parse(newsSince);
}

export function isOlder(a: string, b: string): boolean {
  return Date.parse(a) < Date.parse(b);
}

/** Absent in an answer is unknown, not gone: what was known stays. */
export function stillKnown<T>(now: T | undefined, before: T | undefined): T | undefined {
  return now ?? before;
}

/** Two sources of facts can tell of one thing twice in one comparison. */
export function uniqueByKey(events: readonly Event[]): Event[] {
  const first = new Map<string, Event>();
  for (const event of events) if (!first.has(event.key)) first.set(event.key, event);
  return [...first.values()];
}
