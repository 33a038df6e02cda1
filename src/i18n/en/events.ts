/**
 * What happened, as one line of a card. `known` is `no` where the platform does not say who did it; `you` is `yes` where the
 * reader is the one who is asked or meant.
 */
export const events = {
  "event.mention.created":
    "{you, select, yes {{known, select, yes {{actor} mentions you} other {You are mentioned}}} other {{known, select, yes {{actor} mentions {whom}} other {{whom} mentioned}}}}",
  "event.comment.created": "{known, select, yes {{actor} comments} other {New comment}}",
  "event.assignment.added":
    "{you, select, yes {{known, select, yes {{actor} assigns this to you} other {This is assigned to you}}} other {{known, select, yes {{actor} assigns {whom}} other {Assigned to {whom}}}}}",
  "event.review.requested":
    "{you, select, yes {{known, select, yes {{actor} asks you to review} other {Your review is asked for}}} other {{known, select, yes {{actor} asks {whom} to review} other {Review asked of {whom}}}}}",
  "event.review.approved": "{known, select, yes {{actor} approves} other {Approved}}",
  "event.review.changes_requested":
    "{known, select, yes {{actor} asks for changes} other {Changes asked for}}",
  "event.review.commented": "{known, select, yes {{actor} reviews} other {Reviewed}}",
  "event.review.dismissed":
    "{known, select, yes {{actor} dismisses the review of {whom}} other {The review of {whom} is dismissed}}",
  "event.merge_request.opened": "{known, select, yes {{actor} opens it} other {Opened}}",
  "event.merge_request.ready":
    "{known, select, yes {{actor} marks it ready for review} other {Ready for review}}",
  "event.merge_request.drafted":
    "{known, select, yes {{actor} turns it back into a draft} other {A draft again}}",
  "event.merge_request.merged": "{known, select, yes {{actor} merges it} other {Merged}}",
  "event.merge_request.closed":
    "{known, select, yes {{actor} closes it without merging} other {Closed without merging}}",
  "event.merge_request.reopened": "{known, select, yes {{actor} reopens it} other {Open again}}",
  "event.merge_request.pushed":
    "{known, select, yes {{actor} pushes {count, plural, =0 {new commits} one {# commit} other {# commits}}} other {New commits}}",
  "event.merge_request.conflict": "It conflicts with its target branch",
  "event.pipeline.started": "Running",
  "event.pipeline.failed": "Failed",
  "event.pipeline.fixed": "Fixed",
  "event.pipeline.succeeded": "Passed",
  "event.pipeline.canceled": "Canceled",
  "event.pipeline.blocked": "Waits for somebody to go on",
  "event.wiki.created": "{known, select, yes {Wiki page written by {actor}} other {New wiki page}}",
  "event.wiki.updated": "{known, select, yes {Wiki page updated by {actor}} other {Wiki page updated}}",
  "event.wiki.deleted": "{known, select, yes {Wiki page deleted by {actor}} other {Wiki page deleted}}",
  "event.docs.changed": "{known, select, yes {Docs changed by {actor}} other {Docs changed}}",
} as const;
