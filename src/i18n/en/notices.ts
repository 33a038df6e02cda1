/** What the daemon says of itself; `notice.<name>` is the text of the `Notice` with that name. */
export const notices = {
  "notice.watching":
    "👁 Now watching {count, plural, one {# project} other {# projects}} on {connection}: {projects}{more, plural, =0 {} other { and # more}}. You will hear about anything new from now on.",
  "notice.watching-personal":
    "👁 Now watching what concerns you on {connection}. You will hear about anything new from now on.",
  "notice.refused":
    "🔑 {platform} refused the token of {connection}. Nothing comes from there until you replace it. {reason} {remedy}",
  "notice.accepted": "🔑 The token of {connection} works again. What you missed is on its way.",
  "notice.expiring":
    "🔑 The token of {connection} expires in {days, plural, =0 {less than a day} one {# day} other {# days}}. Make a new one and store it: gitnotify secrets set connection/{connection}",
  "notice.gone":
    "🚪 {project} on {connection} no longer exists, or the token lost access to it. gitnotify looks for it again every hour.",
  "notice.renamed": "🏷 {before} is now called {project}. Nothing was lost.",
  "notice.shortfall":
    "🧩 Not everything can be read on {connection}:\n{parts}{more, plural, =0 {} other {\n…and # more}}\nAffected: {places}{others, plural, =0 {} other { and # more}}. Everything else arrives as before; /status lists this while it lasts.",
  "notice.shortfall-over":
    "🧩 Resolved on {connection}:\n{parts}{more, plural, =0 {} other {\n…and # more}}\nAffected: {places}{others, plural, =0 {} other { and # more}}.",
  "notice.inbox-gone":
    "🚪 The inbox of {connection} answers “not found”, so mentions and requests from there are missing. {reason} gitnotify looks for it again every hour.",
  "notice.throttled":
    "⏳ {connection} accepts no requests for {minutes, plural, one {# minute} other {# minutes}}: the rate limit is used up. {reason} {remedy} What happens meanwhile arrives afterwards.",
  "notice.disk-full":
    "💽 The disk of the database is full, so nothing can be stored. Free some space: nothing is lost, and gitnotify continues where it left off. Until then buttons and commands may go unanswered.",
  "notice.disk-read-only":
    "💽 The database cannot be written to any more. Give gitnotify write access to its folder. Nothing is lost, and it continues where it left off.",
  "notice.database-damaged":
    "💽 The database is damaged, so gitnotify stopped to avoid making it worse. On its machine, run gitnotify db check, then gitnotify db restore FILE with the newest backup, then start it again.",
  "notice.disk-well": "💽 The database can be written to again. What you missed is on its way.",
  "notice.found":
    "🚪 {what, select, inbox {The inbox} other {{what}}} on {connection} is available again. What you missed is on its way.",
  "notice.stale":
    "🔇 No answer from {connection} for {minutes, plural, one {# minute} other {# minutes}}. {reason} {remedy} gitnotify keeps trying, and nothing is lost.",
  "notice.recovered":
    "🔊 {connection} answers again after {minutes, plural, one {# minute} other {# minutes}}. What you missed is on its way.",
  "notice.other-poller":
    "👥 Another program reads this bot's updates, so your buttons and commands may not reach gitnotify. Stop that program or give it a bot of its own: two programs cannot share one token. Messages still arrive.",
  "notice.webhook":
    "🪝 Another program keeps setting a webhook for this bot, so your buttons and commands may not reach gitnotify. Stop that program or give it a bot of its own. Messages still arrive.",
  "notice.dead":
    "🗄 {count, plural, one {A message} other {# messages}} could not be delivered to the chat {chat}, and gitnotify gave up: {what}{more, plural, =0 {} other { and # more}}. {reason} Details: gitnotify deliveries show {id}",
  "notice.parked": "📪 Messages to the chat {chat} are on hold. {reason}",
  "notice.interrupted":
    "⏸ gitnotify stopped while it was doing what you asked: {verb, select, merge {merge} approve {approve} cancel {cancel} other {rerun}} {what}. {standing, select, done {It was done.} failed {It was not done. Ask again if you still want it.} other {Whether it was done is not known: take a look at it before you ask again.}}",
  "notice.given-up":
    "⚠️ Something went wrong with {what}, three times in a row, so I stopped trying. It may not have been done: take a look, then ask again. The log has the details under {trace}.",
  "notice.given-up-waiting":
    "⚠️ I could not handle {what}: another program kept my database locked for ten minutes, so I stopped trying. It may not have been done: take a look, then ask again. The log has the details under {trace}.",
} as const;
