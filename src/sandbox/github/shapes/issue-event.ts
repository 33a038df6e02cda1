import { toNodeId, type Issue, type PullRequest, type State, type TimelineItem } from "../state.js";
import { toSimpleUser, toTeam } from "./account.js";
import { repositoryUrl } from "./repository.js";

const names: Partial<Record<TimelineItem["type"], string>> = {
  ReviewRequestedEvent: "review_requested",
  ReviewRequestRemovedEvent: "review_request_removed",
  AssignedEvent: "assigned",
  UnassignedEvent: "unassigned",
  ClosedEvent: "closed",
  ReopenedEvent: "reopened",
  MergedEvent: "merged",
  ReviewDismissedEvent: "review_dismissed",
  ReadyForReviewEvent: "ready_for_review",
  ConvertToDraftEvent: "convert_to_draft",
};

/** `issue-event-for-issue` of the official description; undefined: not among those that the sandbox tells. */
export function toIssueEvent(
  state: State,
  subject: Issue | PullRequest,
  item: TimelineItem,
): object | undefined {
  const name = names[item.type];
  if (name === undefined) return undefined;
  return {
    id: item.id,
    node_id: toNodeId("Event", item.id),
    url: `${repositoryUrl(state, subject.repo)}/issues/events/${item.id}`,
    actor: toSimpleUser(state, item.actor),
    event: name,
    commit_id: item.type === "MergedEvent" ? item.sha : null,
    commit_url: null,
    created_at: item.at,
    performed_via_github_app: null,
    ...detailOf(state, item),
  };
}

function detailOf(state: State, item: TimelineItem): object {
  switch (item.type) {
    case "ReviewRequestedEvent":
    case "ReviewRequestRemovedEvent": {
      const team = state.teams.get(item.reviewer);
      const asked = team
        ? { requested_team: toTeam(state, team) }
        : { requested_reviewer: toSimpleUser(state, item.reviewer) };
      return { review_requester: toSimpleUser(state, item.actor), ...asked };
    }
    case "AssignedEvent":
    case "UnassignedEvent":
      return { assignee: toSimpleUser(state, item.assignee), assigner: toSimpleUser(state, item.actor) };
    case "ReviewDismissedEvent":
      return {
        dismissed_review: {
          state: item.previousState.toLowerCase(),
          review_id: item.review.id,
          dismissal_message: item.message,
        },
      };
    default:
      return {};
  }
}
