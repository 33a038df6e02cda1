/** What the wizard says in Telegram. */
export const init = {
  "init.paired": "Welcome, {name}. This bot is yours now. A few questions are left in the terminal.",
  "init.done.title": "You are set up.",
  "init.done.personal":
    "You will hear about what concerns you: review requests, mentions, assignments, your merge requests and your pipelines.",
  "init.done.projects":
    "{count, plural, one {One project is watched: {projects}} other {# projects or groups are watched: {projects}}}",
  "init.done.nothing": "Nothing is watched yet. Start with /subscribe owner/repo.",
  "init.done.change": "To change what you are told: /subscriptions",
  "init.done.service": "gitnotify now runs in the background. Check on it with /status.",
  "init.done.start": "Messages start coming once gitnotify runs: gitnotify start",
} as const;
