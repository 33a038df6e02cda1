import type { FeatureName } from "./feature.js";

/** `owner`, a member's Telegram id, or a chat with an optional topic. */
export type Recipient = "owner" | { member: string } | { chat: string; topic?: string };

/**
 * Source → destination, with a predicate on events. Without `projects` it is personal: everything on every connection that
 * concerns the recipient (mentions, reviews asked, assignments, own merge requests and pipelines).
 */
export interface Subscription {
  id: string;
  /** Declared in config.yaml (read-only in the bot) or made in the bot or by the CLI. */
  origin: "config" | "stored";
  to: Recipient;
  /** `connection:path` with `*` wildcards; undefined = personal. */
  projects?: string[] | undefined;
  features: FeatureName[];
  /** The text as written; parsed by `parseFilter`. */
  filter: string;
  createdBy?: string | undefined;
}
