/**
 * What happened, as one line of a card. `known` is `no` where the platform does not say who did it; `you` is `yes` where the
 * reader is the one who is asked or meant.
 */
export const events = {
  "event.mention.created":
    "{you, select, yes {{known, select, yes {{actor} mentioned you} other {You were mentioned}}} other {{known, select, yes {{actor} mentioned {whom}} other {Mentioned: {whom}}}}}",
  "event.comment.created": "{known, select, yes {{actor} commented} other {New comment}}",
  "event.assignment.added":
    "{you, select, yes {{known, select, yes {{actor} assigned this to you} other {Assigned to you}}} other {{known, select, yes {{actor} assigned {whom}} other {Assigned to {whom}}}}}",
  "event.review.requested":
    "{you, select, yes {{known, select, yes {{actor} requested your review} other {Your review was requested}}} other {{known, select, yes {{actor} requested a review from {whom}} other {Review requested from {whom}}}}}",
  "event.review.approved": "{known, select, yes {{actor} approved} other {Approved}}",
  "event.review.changes_requested":
    "{known, select, yes {{actor} requested changes} other {Changes requested}}",
  "event.review.commented": "{known, select, yes {{actor} reviewed} other {Reviewed}}",
  "event.review.dismissed":
    "{known, select, yes {{actor} dismissed the review by {whom}} other {The review by {whom} was dismissed}}",
  "event.merge_request.opened": "{known, select, yes {{actor} opened it} other {Opened}}",
  "event.merge_request.ready":
    "{known, select, yes {{actor} marked it ready for review} other {Ready for review}}",
  "event.merge_request.drafted":
    "{known, select, yes {{actor} turned it back into a draft} other {Turned back into a draft}}",
  "event.merge_request.merged": "{known, select, yes {{actor} merged it} other {Merged}}",
  "event.merge_request.closed":
    "{known, select, yes {{actor} closed it without merging} other {Closed without merging}}",
  "event.merge_request.reopened": "{known, select, yes {{actor} reopened it} other {Reopened}}",
  "event.merge_request.pushed":
    "{known, select, yes {{actor} pushed {count, plural, =0 {new commits} one {# commit} other {# commits}}} other {New commits}}",
  "event.merge_request.conflict": "Conflicts with its target branch",
  "event.pipeline.started": "Started",
  "event.pipeline.failed": "Failed",
  "event.pipeline.fixed": "Fixed",
  "event.pipeline.succeeded": "Passed",
  "event.pipeline.canceled": "Canceled",
  "event.pipeline.blocked": "Waiting for a manual step",
  "event.wiki.created": "{known, select, yes {{actor} created this wiki page} other {Wiki page created}}",
  "event.wiki.updated": "{known, select, yes {{actor} updated this wiki page} other {Wiki page updated}}",
  "event.wiki.deleted": "{known, select, yes {{actor} deleted this wiki page} other {Wiki page deleted}}",
  "event.docs.changed": "{known, select, yes {{actor} changed the docs} other {Docs changed}}",
} as const;
