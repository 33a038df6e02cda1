export const subjectTypes = ["merge_request", "pipeline", "wiki_page", "docs_change", "issue"] as const;

/** What an event is about, and what a card stands for. */
export type SubjectType = (typeof subjectTypes)[number];

export interface Subject {
  connectionId: string;
  projectId: string;
  type: SubjectType;
  /** Merge request or issue: its number. Pipeline: its id. Wiki page: its slug. Docs change: the head sha. */
  id: string;
}

export function toSubjectKey(subject: Subject): string {
  return [subject.connectionId, subject.projectId, subject.type, subject.id].join("/");
}
