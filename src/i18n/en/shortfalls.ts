/** What a source cannot deliver at present: `shortfall.<code>`, with what to do about it. */
export const shortfalls = {
  "shortfall.denied":
    "{what, select, pipelines {Pipelines} mergeRequests {Merge requests} merge_requests {Merge requests} issues {Issues} repository {The repository} wiki {The wiki} other {{what}}} cannot be read: turned off there, or the token lacks access. Give the token the permission {scope}, or remove this from the subscription.",
  "shortfall.hidden":
    "The token cannot see some organizations. Authorize it for their single sign-on in the token settings.",
  "shortfall.refused_row":
    "One entry was left out because gitnotify does not know its format: {what}, at {where}. A newer version may; if not, please report it.",
  "shortfall.set_aside":
    "{what} could not be read and was set aside{reason, select, too_large {: it is too large} server {: the server fails on it} timeout {: the server takes too long} schema {: the answer has an unknown format} permission {: the token lacks access} lagging {: the server is behind its own list} other {}}. gitnotify keeps trying, and nothing is lost.",
  "shortfall.cut":
    "There {what, select, comments {are more comments on one thread} reviews {are more reviews of one pull request} events {are more events of one pull request} merge_requests {were more changed merge requests} pipelines {were more pipelines} commits {were more commits in one push} files {were more files in one push} wiki_events {were more changes of the wiki} todos {are more to-dos} notifications {were more notifications} pages {are more pages of a list, behind a link to another server,} projects {are more projects} other {are more {what}}} than the {limit} that gitnotify reads. {what, select, projects {Use narrower patterns in the subscription, so that the rest is included.} other {Look there for the rest.}}",
  "shortfall.blocked":
    "The server does not provide {what} ({reason, select, timeout {no answer} network {no answer} reset {no answer} refused {refused} redirect {redirected} schema {an unknown answer} permission {no permission} other {{reason}}}). gitnotify works around it, so little is missing; to get everything, allow it on the server or its firewall.",
  "shortfall.reread":
    "The saved position in {what, select, pipelines {the pipelines} mergeRequests {the merge requests} repository {the documentation} wiki {the wiki} inbox {your inbox} other {{what}}} could not be read, so gitnotify started over. Events since {since} may be missing: please check there.",
  "shortfall.missed":
    "Somebody force-pushed ({what}) and the server cannot compare the branch with its old commits, so what changed in the documentation is unknown. Please check there: {url}",
} as const;
