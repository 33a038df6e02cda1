/** What a source cannot deliver at present: `shortfall.<code>`, with what to do about it. */
export const shortfalls = {
  "shortfall.denied":
    "{what, select, pipelines {Pipelines} mergeRequests {Merge requests} merge_requests {Merge requests} issues {Issues} repository {The repository} wiki {The wiki} other {{what}}} cannot be read: switched off there, or the token may not. Give the token the permission {scope}, or leave this out of the subscription.",
  "shortfall.hidden":
    "Some organizations are hidden from the token. Authorize it for their single sign-on in the token settings.",
  "shortfall.refused_row":
    "One entry has an unknown shape and was left out: {what}, at {where}. A newer gitnotify may know it; if not, please report it.",
  "shortfall.set_aside": "{what} cannot be read and was set aside: {reason} It is tried again on its own.",
  "shortfall.cut":
    "There are more {what} than the {limit} that are read. Use narrower patterns in the subscription, so that the rest is seen.",
  "shortfall.blocked":
    "{what} is blocked: {reason} Allow it on the server or its firewall to get everything.",
  "shortfall.reread":
    "The saved position in {what} could not be read, so reading began anew. What happened since {since} may be missing: look there once.",
} as const;
