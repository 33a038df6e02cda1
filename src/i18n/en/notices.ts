/** What the daemon says of itself; `notice.<name>` is the text of the `Notice` with that name. */
export const notices = {
  "notice.watching":
    "👁 Now watching {count, plural, one {# project} other {# projects}} on {connection}: {projects}{more, plural, =0 {} other { and # more}}. From here on you get what is new.",
  "notice.watching-personal":
    "👁 Now watching what concerns you on {connection}. From here on you get what is new.",
  "notice.refused":
    "🔑 {platform} refuses the token of {connection}, so nothing comes from there until it is replaced. {reason} {remedy}",
  "notice.accepted": "🔑 The token of {connection} is accepted again. What was missed is being fetched.",
  "notice.expiring":
    "🔑 The token of {connection} expires in {days, plural, =0 {less than a day} one {# day} other {# days}}. Make a new one and put it in before that.",
  "notice.lacks": "🔒 {connection}: {what}",
  "notice.gone":
    "🚪 {project} on {connection} is not there any more, or this token may not see it. It is looked for again every hour.",
  "notice.renamed": "🏷 {before} is now called {project}. Nothing is lost.",
  "notice.stale":
    "🔇 Nothing was heard from {connection} for {minutes, plural, one {# minute} other {# minutes}}. {reason} {remedy} It is tried again on its own, and nothing is lost.",
  "notice.recovered":
    "🔊 {connection} answers again after {minutes, plural, one {# minute} other {# minutes}}. What was missed is being delivered.",
  "notice.other-poller":
    "👥 Another program fetches the updates of this bot, so that buttons and commands may not arrive here. Stop it, or give it a bot of its own: two programs cannot share one token. Messages come as before.",
  "notice.webhook":
    "🪝 Another program keeps setting a webhook for this bot, so that buttons and commands may not arrive here. Stop it, or give it a bot of its own. Messages come as before.",
  "notice.dead":
    "🗄 {count, plural, one {A message} other {# messages}} to the chat {chat} could not be delivered and will not be tried again. {reason} See: gitnotify deliveries show {id}",
  "notice.parked": "📪 Messages to the chat {chat} are held back. {reason}",
} as const;
