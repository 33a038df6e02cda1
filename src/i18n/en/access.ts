import type { LackCode } from "../../domain/lack.js";

/** What a credential leaves out, and the way to mend it. */
export const access = {
  "lack.inbox_by_kind":
    "GitHub hides notifications from fine-grained tokens: mentions and review requests are found only in the repositories you subscribe to.",
  "lack.inbox_by_kind.remedy":
    "To get all of them, use a classic token with the scopes repo and notifications.",
  "lack.inbox": "Your GitHub inbox cannot be read without the scope notifications (or repo).",
  "lack.inbox.remedy": "Add the scope notifications.",
  "lack.private_projects": "Private repositories stay hidden: this token has the scope public_repo only.",
  "lack.private_projects.remedy": "Add the scope repo if you need them.",
  "lack.all_projects":
    "This token sees public repositories only and cannot retry, approve or merge: the scope repo is missing.",
  "lack.all_projects.remedy": "Add the scope repo.",
  "lack.teams":
    "Your teams are unknown: review requests and mentions of a team do not count as yours without the scope read:org.",
  "lack.teams.remedy": "Add the scope read:org.",
  "lack.groups":
    "Your groups could not be read: mentions of a group do not count as yours until they can be.",
  "lack.groups.remedy": "gitnotify keeps trying. If this stays, give the token the scope read_api.",
  "lack.organizations": "Organizations with single sign-on are hidden from this token.",
  "lack.organizations.remedy":
    "Authorize it for them under Settings, Developer settings, Personal access tokens, Configure SSO.",
  "lack.actions": "Retry, cancel, approve and merge do not work with this token.",
  "lack.actions.remedy": "To act from the chat, create a token with the scope api.",
  "lack.reading": "Projects, pipelines, merge requests and to-dos cannot be read with this token.",
  "lack.reading.remedy": "Create a token with the scope read_api, or api to act as well.",
  "lack.project_bot":
    "This token belongs to a project's bot, not to you: gitnotify cannot see your mentions, reviews and to-dos.",
  "lack.project_bot.remedy": "Create a personal access token.",
  "lack.group_bot":
    "This token belongs to a group's bot, not to you: gitnotify cannot see your mentions, reviews and to-dos.",
  "lack.group_bot.remedy": "Create a personal access token.",
} as const;

/** For the command line, which speaks English and loads no translator for it. */
export function lackInEnglish(code: LackCode): { what: string; remedy: string } {
  const words: Readonly<Record<string, string | undefined>> = access;
  return { what: words[`lack.${code}`] ?? code, remedy: words[`lack.${code}.remedy`] ?? "" };
}
