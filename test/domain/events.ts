import type { Event } from "../../src/domain/event.js";

/** An event on merge request 1 of connection `github`, by ann. */
export function anEvent(changes: Partial<Event> = {}): Event {
  return {
    key: "k",
    kind: "merge_request.opened",
    subject: { connectionId: "github", projectId: "1", type: "merge_request", id: "1" },
    actor: { id: "10", login: "ann", bot: false },
    concerns: [],
    attributes: {},
    detail: {},
    ...changes,
  };
}
