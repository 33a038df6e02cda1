import type { MergeRequestFacts } from "./merge-request.js";
import type { DocsChangeFacts, IssueFacts, WikiChangeFacts } from "./page.js";
import type { PipelineFacts } from "./pipeline.js";

export type * from "./merge-request.js";
export type * from "./page.js";
export * from "./pipeline.js";

/** What an adapter makes of a validated answer: platform-neutral, one subject each. */
export type Facts = MergeRequestFacts | PipelineFacts | WikiChangeFacts | DocsChangeFacts | IssueFacts;

/** The id of the subject that these facts describe (see `Subject.id`). */
export function toSubjectId(facts: Facts): string {
  switch (facts.type) {
    case "merge_request":
      return String(facts.number);
    case "issue":
      return facts.page?.key ?? String(facts.number);
    case "pipeline":
      return facts.id;
    case "wiki_page":
      return facts.slug;
    case "docs_change":
      return facts.headSha;
  }
}
