import type { ActionVerb } from "../../domain/action.js";
import type { Snapshot } from "../../domain/snapshot.js";

/** What a card's buttons do: an action on the platform, the end of a failed job's log, or the page on the platform. */
export type CardAction = ActionVerb | "log" | "open";

/** The buttons that make sense for what is known now. Whether the person may is the operation's to decide. */
export function cardActions(snapshot: Snapshot): CardAction[] {
  switch (snapshot.type) {
    case "pipeline":
      return [...pipelineActions(snapshot.status), "open"];
    case "merge_request":
      return snapshot.state !== "open"
        ? ["open"]
        : snapshot.draft
          ? ["approve", "open"]
          : ["approve", "merge", "open"];
    case "wiki_page":
    case "docs_change":
    case "issue":
      return ["open"];
  }
}

function pipelineActions(status: Extract<Snapshot, { type: "pipeline" }>["status"]): CardAction[] {
  switch (status) {
    case "failed":
      return ["retry", "retry_failed", "log"];
    case "canceled":
      return ["retry"];
    case "queued":
    case "running":
    case "blocked":
      return ["cancel"];
    case "success":
    case "skipped":
    case "unknown":
      return [];
  }
}
