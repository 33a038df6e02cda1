import { describe, expect, it } from "vitest";
import { features, type FeatureName, isDelivered } from "../../src/domain/feature.js";
import { parseFilter } from "../../src/domain/filter.js";
import { routes as githubRoutes } from "../../src/platforms/github/routes.js";
import { parseWish } from "../../src/operations/subscribe.js";

const github = { id: "github", url: "https://github.com", routes: githubRoutes };
const delivered = features.map(({ name }) => name).filter(isDelivered);
const merged =
  "-kind:merge_request.opened,merge_request.ready,merge_request.drafted,merge_request.closed,merge_request.reopened,merge_request.pushed,merge_request.conflict";
const opened =
  "-kind:merge_request.ready,merge_request.drafted,merge_request.merged,merge_request.closed,merge_request.reopened,merge_request.pushed,merge_request.conflict";

/** What people bring from GitHub for Slack, from the Mattermost plugins and from our own help, and what is understood. */
const spellings: Array<[words: string, features: readonly FeatureName[], filter: string]> = [
  ["", delivered, ""],
  [
    "issues pulls commits releases deployments",
    ["issues", "merge_requests", "commits", "releases", "deployments"],
    "",
  ],
  ["issues, pulls, commits", ["issues", "merge_requests", "commits"], ""],
  ["pulls,reviews,comments", ["merge_requests", "reviews", "comments"], ""],
  ["commits:*", ["commits"], ""],
  ["commits:main", ["commits"], "branch:main"],
  ['commits:{branch:"main"}', ["commits"], 'branch:"main"'],
  ["branches discussions", ["branches", "discussions"], ""],
  ["workflows", ["pipelines"], ""],
  ['workflows:{name:"CI"}', ["pipelines"], 'workflow:"CI"'],
  ['workflows:{name:"CI" branch:"main"}', ["pipelines"], 'workflow:"CI" branch:"main"'],
  [
    'workflows:{name:"CI", branch:"main","dev" actor:"ann"}',
    ["pipelines"],
    'workflow:"CI" branch:"main","dev" actor:"ann"',
  ],
  ['workflows:{name:"Build and test","Deploy"}', ["pipelines"], 'workflow:"Build and test","Deploy"'],
  ["workflows:{name:CI branch:main}", ["pipelines"], "workflow:CI branch:main"],
  ["workflows:{name:“CI” branch:“main”}", ["pipelines"], 'workflow:"CI" branch:"main"'],
  ['Workflows:{Name:"CI"}', ["pipelines"], 'workflow:"CI"'],
  ['workflows:{branch:"*"}', ["pipelines"], ""],
  ["workflows:{}", ["pipelines"], ""],
  ["workflows:*", ["pipelines"], ""],
  ['pulls workflows:{name:"CI"}', ["merge_requests", "pipelines"], 'workflow:"CI"'],
  ['+label:"priority:HIGH"', delivered, '+label:"priority:HIGH"'],
  ['issues +label:"good first issue"', ["issues"], '+label:"good first issue"'],
  ["label:“good first issue”,bug", delivered, 'label:"good first issue",bug'],
  ["-label:wontfix pulls", ["merge_requests"], "-label:wontfix"],
  ["pulls_merged", ["merge_requests"], merged],
  ["pulls_created", ["merge_requests"], opened],
  ["pulls_merged,issue_comments", ["merge_requests", "comments"], merged],
  ["issue_creations", ["issues"], "-kind:issue.closed,issue.reopened,issue.labeled,issue.edited"],
  ["pushes", ["commits"], ""],
  ["creates", ["branches", "tags"], "-kind:branch.deleted,tag.deleted"],
  ["deletes", ["branches", "tags"], "-kind:branch.created,tag.created"],
  ["issue_comments", ["comments"], ""],
  ["pull_reviews", ["reviews"], ""],
  ["workflow_failure", ["pipelines"], "status:failed"],
  ["workflow_success", ["pipelines"], "status:success"],
  ["workflow_failure,workflow_success", ["pipelines"], "status:failed status:success"],
  ["discussion_comments", ["discussions"], ""],
  ["merges", ["merge_requests"], ""],
  ["jobs", ["pipelines"], ""],
  ["pipeline", ["pipelines"], ""],
  ["tag", ["tags"], ""],
  ["merge_request_comments", ["comments"], ""],
  ["merge_request_assigns", ["assignments"], ""],
  ["merges,jobs,tag", ["merge_requests", "pipelines", "tags"], ""],
  ["PRs CI", ["merge_requests", "pipelines"], ""],
  ["mrs  reviews\nmentions", ["merge_requests", "reviews", "mentions"], ""],
  ["branch:main,dev", delivered, "branch:main,dev"],
  ["-author:renovate[bot] –bot:true", delivered, "-author:renovate[bot] –bot:true"],
  ['pipelines branch:main label:bug,"a, b"', ["pipelines"], 'branch:main label:bug,"a, b"'],
];

describe("what is to be told", () => {
  it.each(spellings)("%j is understood", (words, wanted, filter) => {
    const parsed = parseWish(`acme/api ${words}`, [github]);
    expect(parsed).toEqual({ ok: true, projects: ["github:acme/api"], features: wanted, filter });
    expect(parseFilter(filter).ok).toBe(true);
    // Before and behind the project is the same.
    expect(parseWish(`${words} acme/api`, [github])).toEqual(parsed);
  });

  it.each([
    ["https://github.com/acme/api/issues?labels=a,b reviews", ["github:acme/api"]],
    [
      "https://github.com/acme/api/issues?labels=a,b,https://github.com/acme/web",
      ["github:acme/api", "github:acme/web"],
    ],
    ["https://github.com/acme/api,https://github.com/acme/web", ["github:acme/api", "github:acme/web"]],
  ])("of %j are these projects, whatever commas an address has", (words, projects) => {
    expect(parseWish(words, [github])).toMatchObject({ ok: true, projects });
  });

  it("counts at least forty spellings", () => {
    expect(spellings.length).toBeGreaterThanOrEqual(40);
  });

  it("is everything with “all”, except alerts, which must be named", () => {
    const parsed = parseWish("acme/api all", [github]);
    const everything = features.map(({ name }) => name).filter((name) => name !== "alerts");
    expect(parsed.ok && parsed.features).toEqual(everything);
    const named = parseWish("acme/api all alerts", [github]);
    expect(named.ok && [...named.features].sort()).toEqual(features.map(({ name }) => name).sort());
  });

  it("is refused where one word would narrow the others, and where nothing can be narrowed by it", () => {
    for (const words of [
      'pulls workflows:{branch:"main"}',
      "pulls commits:main",
      'workflows:{actor:"ann"} all',
    ]) {
      expect(parseWish(`acme/api ${words}`, [github])).toMatchObject({ ok: false, code: "narrows-others" });
    }
    expect(parseWish('acme/api workflows:{event:"push"}', [github])).toMatchObject({
      ok: false,
      code: "unknown-inside",
      word: "event",
    });
  });
});
