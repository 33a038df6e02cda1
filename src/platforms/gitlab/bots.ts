/** The names that GitLab gives to its internal users; a number follows where the name was taken. */
const internalUsers = [
  "admin-bot", "alert-bot", "automation-bot", "GitLab-Admin-Bot", "GitLab-Automation-Bot", "GitLab-Llm-Bot",
  "GitLab-Security-Bot", "GitLabDuo", "ghost", "llm-bot", "migration-bot", "security-bot", "security-policy-bot",
  "suggested-reviewers-bot", "support-bot", "visual-review-bot",
]; // prettier-ignore

/**
 * Names that GitLab makes for accounts without a person: those behind the access tokens of projects and groups
 * (`project_12_bot_3fa9…`, `group_7_bot1`), and service accounts (`service_account_group_345_a1b2…`).
 */
const madeUp = [/^(?:project|group)_\d+_bot/, /^service_account_/];

const internal = new RegExp(`^(?:${internalUsers.join("|")})\\d*$`, "i");

/** Only full answers about a user say `bot`; everywhere else the name is all there is. */
export function isBotName(username: string): boolean {
  return internal.test(username) || madeUp.some((form) => form.test(username)) || username.endsWith("[bot]");
}

/** Whose access token it is, when the account behind it was made for one. */
export function findTokenBot(username: string): "project" | "group" | undefined {
  const found = /^(project|group)_\d+_bot/.exec(username)?.[1];
  return found === "project" || found === "group" ? found : undefined;
}
