import { expect, it } from "vitest";
import { describeChanges } from "../../src/app/setting-changes.js";
import { toConfig } from "../e2e/harness.js";

const before = `
telegram: { owner: 1 }
connections:
  - { id: work, platform: gitlab, url: "https://gitlab.example.com" }
  - { id: old, platform: github, url: "https://github.com" }
subscriptions:
  - { to: owner, projects: ["work:a/b"] }
secrets: { store: env }
`;

it("names what is different by its key, and no addresses", () => {
  const after = `
telegram: { owner: 2, apiRoot: "https://bot.example.com" }
connections:
  - { id: work, platform: gitlab, url: "https://git.example.com", proxy: "http://proxy.example.com:3128" }
  - { id: new, platform: github, url: "https://github.com" }
subscriptions:
  - { to: owner, projects: ["work:a/c"] }
  - { to: owner, projects: ["new:a/c"] }
polling: { wiki: "* * * * *", adaptive: false }
language: ru
logging: { level: debug }
web: { listen: "127.0.0.1:9999" }
secrets: { store: env }
`;
  expect(describeChanges(toConfig(before), toConfig(after))).toEqual([
    "logging.level info → debug",
    "language en → ru",
    "telegram.apiRoot",
    "telegram.owner",
    "connection new added",
    "connection old removed",
    "connection work changed (url, proxy)",
    "polling.wiki",
    "polling.adaptive",
    "subscriptions (2 added, 1 removed)",
    "web.listen (only after a restart)",
  ]);
});

it("names nothing when the same is written differently", () => {
  expect(describeChanges(toConfig(before), toConfig(`# words\n${before}language: en\n`))).toEqual([]);
});
