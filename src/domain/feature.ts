/**
 * Event features as people write them in subscriptions (design 6.3). `delivered: false` means the name is accepted and
 * kept, and people are told that nothing comes of it yet.
 */
export const features = [
  { name: "pipelines", aliases: ["workflows", "ci", "pipeline"], delivered: true },
  { name: "mentions", aliases: ["mention"], delivered: true },
  { name: "reviews", aliases: ["pull_reviews", "review"], delivered: true },
  { name: "assignments", aliases: ["assignment"], delivered: true },
  { name: "merge_requests", aliases: ["pulls", "prs", "mrs", "merges"], delivered: true },
  { name: "comments", aliases: ["issue_comments", "merge_request_comments"], delivered: true },
  { name: "issues", aliases: [], delivered: false },
  { name: "commits", aliases: ["pushes"], delivered: false },
  { name: "branches", aliases: [], delivered: false },
  { name: "tags", aliases: [], delivered: false },
  { name: "releases", aliases: [], delivered: false },
  { name: "deployments", aliases: [], delivered: false },
  { name: "wiki", aliases: ["wikis"], delivered: true },
  { name: "docs", aliases: [], delivered: true },
] as const;

export type FeatureName = (typeof features)[number]["name"];

/** The feature that a person's word means, or undefined. `all` is not one feature: see `featuresOf`. */
export function toFeature(word: string): FeatureName | undefined {
  const wanted = word.toLowerCase();
  return features.find(
    (feature) => feature.name === wanted || (feature.aliases as readonly string[]).includes(wanted),
  )?.name;
}

/** Every word that `toFeature` and `all` accept, for suggestions and completion. */
export const featureWords: readonly string[] = ["all", ...features.flatMap((f) => [f.name, ...f.aliases])];

export function isDelivered(name: FeatureName): boolean {
  return features.some((feature) => feature.name === name && feature.delivered);
}
