import * as z from "zod";
import { pull, user } from "./schema.js";

/** What REST says of one pull request, beyond its row in the list. */

const id = z.union([z.number(), z.bigint(), z.string()]).transform(String);
const instant = z.iso.datetime({ offset: true });

export const fullPull = pull.extend({
  mergeable: z.boolean().nullish(),
  merged_by: user.nullish(),
  additions: z.number().nullish(),
  deletions: z.number().nullish(),
  changed_files: z.number().nullish(),
});
export type FullPull = z.infer<typeof fullPull>;

export const comment = z.object({
  id,
  body: z.string().nullish(),
  html_url: z.string(),
  user: user.nullish(),
  created_at: instant,
});
export type CommentAnswer = z.infer<typeof comment>;

export const remark = comment.extend({
  path: z.string().nullish(),
  pull_request_review_id: id.nullish(),
});
export type RemarkAnswer = z.infer<typeof remark>;

/** A review that is not submitted yet has no time. */
export const review = z.object({
  id,
  state: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  user: user.nullish(),
  submitted_at: instant.nullish(),
});
export type ReviewAnswer = z.infer<typeof review>;

/** `review_requested`, `assigned`, `closed`, `merged`, `review_dismissed`, and many that are not used. */
export const event = z.object({
  id,
  node_id: z.string(),
  event: z.string(),
  created_at: instant,
  actor: user.nullish(),
  assignee: user.nullish(),
  requested_reviewer: user.nullish(),
  requested_team: z.object({ slug: z.string() }).nullish(),
  dismissed_review: z.object({ review_id: id.nullish(), dismissal_message: z.string().nullish() }).nullish(),
});
export type EventAnswer = z.infer<typeof event>;

export const checkRun = z.object({ id, status: z.string(), conclusion: z.string().nullish() });
export type CheckRunAnswer = z.infer<typeof checkRun>;
