/**
 * Event features as people write them in subscriptions . `delivered: false` means the name is accepted and
 * kept, and people are told that nothing comes of it yet.
 */
export const features = [
  {
    name: "pipelines",
    aliases: ["pipeline", "workflows", "workflow", "ci", "runs", "jobs", "builds"],
    delivered: true,
  },
  { name: "mentions", aliases: ["mention"], delivered: true },
  { name: "reviews", aliases: ["review", "pull_reviews", "merge_request_reviews"], delivered: true },
  { name: "assignments", aliases: ["assignment", "merge_request_assigns", "issue_assigns"], delivered: true },
  {
    name: "merge_requests",
    aliases: [
      "merge_request",
      "merges",
      "mrs",
      "mr",
      "pulls",
      "pull",
      "pull_requests",
      "pull_request",
      "prs",
      "pr",
    ],
    delivered: true,
  },
  {
    name: "comments",
    aliases: ["comment", "issue_comments", "merge_request_comments", "pull_comments"],
    delivered: true,
  },
  { name: "issues", aliases: ["issue"], delivered: false },
  { name: "commits", aliases: ["commit", "pushes", "push"], delivered: false },
  { name: "branches", aliases: ["branch"], delivered: false },
  { name: "tags", aliases: ["tag", "tag_push"], delivered: false },
  { name: "releases", aliases: ["release"], delivered: false },
  { name: "deployments", aliases: ["deployment"], delivered: false },
  { name: "discussions", aliases: ["discussion", "discussion_comments"], delivered: false },
  { name: "alerts", aliases: ["alert"], delivered: false },
  { name: "wiki", aliases: ["wikis", "wiki_page"], delivered: true },
  { name: "docs", aliases: ["documentation"], delivered: true },
] as const;

export type FeatureName = (typeof features)[number]["name"];

/** The feature that a person's word means, or undefined. `all` is not one feature: see `allFeatures`. */
export function toFeature(word: string): FeatureName | undefined {
  const wanted = word.toLowerCase();
  return features.find(
    (feature) => feature.name === wanted || (feature.aliases as readonly string[]).includes(wanted),
  )?.name;
}

/** What `all` means: alerts tell of weaknesses, so that they are named by themselves. */
export const allFeatures: readonly FeatureName[] = features
  .map(({ name }) => name)
  .filter((name) => name !== "alerts");

/** Every word that `toFeature` and `all` accept, for suggestions and completion. */
export const featureWords: readonly string[] = ["all", ...features.flatMap((f) => [f.name, ...f.aliases])];

export function isDelivered(name: FeatureName): boolean {
  return features.some((feature) => feature.name === name && feature.delivered);
}
