/** What a source cannot deliver at present: `shortfall.<code>`, with what to do about it. */
export const shortfalls = {
  "shortfall.denied":
    "{what, select, pipelines {Pipelines} mergeRequests {Merge requests} merge_requests {Merge requests} issues {Issues} repository {The repository} wiki {The wiki} other {{what}}} cannot be read: switched off there, or the token may not. Give the token the permission {scope}, or leave this out of the subscription.",
  "shortfall.hidden":
    "Some organizations are hidden from the token. Authorize it for their single sign-on in the token settings.",
  "shortfall.refused_row":
    "One entry has an unknown shape and was left out: {what}, at {where}. A newer gitnotify may know it; if not, please report it.",
  "shortfall.set_aside":
    "{what} cannot be read and was set aside{reason, select, too_large {: it is too large} server {: the server fails on it} timeout {: the server takes too long over it} schema {: the answer about it has an unknown shape} permission {: the token may not read it} lagging {: the server is behind its own list} other {}}. It is tried again on its own, and nothing of it is lost.",
  "shortfall.cut":
    "There {what, select, comments {are more comments on one thread} reviews {are more reviews of one pull request} events {are more events of one pull request} merge_requests {were more changed merge requests} pipelines {were more pipelines} commits {were more commits in one push} files {were more files in one push} wiki_events {were more changes of the wiki} todos {are more to-dos} notifications {were more notifications} pages {are more pages of a list, behind a link to another server,} projects {are more projects} other {are more {what}}} than the {limit} that are read. {what, select, projects {Use narrower patterns in the subscription, so that the rest is seen.} other {Look there for the rest.}}",
  "shortfall.blocked":
    "{what} cannot be had from the server ({reason}). gitnotify takes another way, so little is missing; allow it on the server or its firewall to get everything.",
  "shortfall.reread":
    "The saved position in {what, select, pipelines {the pipelines} mergeRequests {the merge requests} repository {the documentation} wiki {the wiki} inbox {your inbox} other {{what}}} could not be read, so reading began anew. What happened since {since} may be missing: look there once.",
  "shortfall.missed":
    "Somebody force-pushed ({what}) and the server cannot compare the branch with its old commits, so what changed in the documentation is unknown. Look there once: {url}",
} as const;
