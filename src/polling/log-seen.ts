import type { Event } from "../domain/event.js";
import type { Project } from "../domain/project.js";
import { toSubjectKey } from "../domain/subject.js";
import type { Log } from "../lib/log.js";
import { toTrace } from "../lib/trace.js";

/** One new event as the log tells of it. */
export interface SeenEvent {
  trace: string;
  kind: string;
  project: string;
  subject: string;
  /** Instant on the server, where it tells one. */
  at: string | undefined;
  /** To how many chats it is owed; 0: nobody's news. */
  owed: number;
}

/** `owed` has the key of the event once for each chat. */
export function toSeen(event: Event, project: Project, owed: readonly string[]): SeenEvent {
  return {
    trace: toTrace(event.key),
    kind: event.kind,
    project: `${project.connectionId}:${project.path}`,
    subject: toSubjectKey(event.subject),
    at: event.at,
    owed: owed.filter((key) => key === event.key).length,
  };
}

/** Only after the commit: an event that was rolled back was not seen. `source` says which poll, or what else, brought it. */
export function logSeen(log: Log, seen: readonly SeenEvent[], source: string): void {
  for (const event of seen) log.info("An event was seen", { ...event, source });
}
