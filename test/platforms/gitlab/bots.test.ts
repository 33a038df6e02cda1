import { expect, it } from "vitest";
import { toPerson } from "../../../src/platforms/gitlab/normalize.js";

it.each([
  "service_account_group_345_a1b2c3", "service_account_0f3e", "project_12_bot_3fa9", "project_12_bot1",
  "group_7_bot_a1", "GitLabDuo", "support-bot", "support-bot1", "alert-bot", "GitLab-Security-Bot", "ghost",
  "renovate[bot]",
])("takes %s for a bot", (username) => {
  expect(toPerson({ id: 1, username }).bot).toBe(true);
}); // prettier-ignore

it.each([
  "ann",
  "robot",
  "abbot",
  "ghostwriter",
  "botticelli",
  "project_bot",
  "my-support-bot-fan",
  "serviceman",
])("takes %s for a person", (username) => {
  expect(toPerson({ id: 1, username }).bot).toBe(false);
});

it("believes the answer that says so", () => {
  expect(toPerson({ id: 1, username: "tidy", bot: true }).bot).toBe(true);
});
