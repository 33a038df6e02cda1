/**
 * What a credential leaves out. Its sentence is the message `lack.<code>` in `i18n`, the way to mend it `lack.<code>.remedy`.
 * - `inbox_by_kind`: the platform shows the account's inbox to no token of this kind. `inbox`: a scope for it is missing.
 * - `private_projects`, `all_projects`: private ones stay hidden; only public ones can be read, and nothing can be done.
 * - `teams`, `groups`: unknown, so that what is asked of one is not known to be asked of the reader. `organizations`: hidden by single sign-on.
 * - `actions`: reading works, acting does not. `reading`: not even that.
 * - `project_bot`, `group_bot`: the token is that of a bot, whom nobody asks for a review.
 */
export const lackCodes = [
  "inbox_by_kind", "inbox", "private_projects", "all_projects", "teams", "groups", "organizations",
  "actions", "reading", "project_bot", "group_bot",
] as const; // prettier-ignore

export type LackCode = (typeof lackCodes)[number];
