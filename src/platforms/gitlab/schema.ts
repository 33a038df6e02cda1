import * as z from "zod";
import { listOf } from "../../lib/list-of.js";

/**
 * The parts of GitLab's answers that this adapter uses, and no more. Enumerations are read as plain text, because GitLab adds
 * values in minor releases. Instants come out as UTC with milliseconds, whatever time zone the instance is set to.
 */

const instant = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  context.addIssue({ code: "custom", message: "not an instant" });
  return z.NEVER;
});

const user = z.object({
  id: z.number().int(),
  username: z.string().min(1),
  name: z.string().nullish(),
  bot: z.boolean().nullish(),
});

export type RawUser = z.infer<typeof user>;

export const currentUser = user;

/** `GET /personal_access_tokens/self`. `expires_at` is a date without a time. */
export const tokenSelf = z.object({
  name: z.string().nullish(),
  scopes: listOf(z.string()),
  expires_at: z.string().nullish(),
});

export const project = z.object({
  id: z.number().int(),
  path_with_namespace: z.string().min(1),
  default_branch: z.string().nullish(),
  wiki_enabled: z.boolean().nullish(),
  wiki_access_level: z.string().nullish(),
  archived: z.boolean().nullish(),
  visibility: z.string().nullish(),
  last_activity_at: instant.nullish(),
});

export type RawProject = z.infer<typeof project>;

const headPipeline = z.object({
  id: z.number().int(),
  project_id: z.number().int().nullish(),
  sha: z.string().nullish(),
  status: z.string().nullish(),
});

export const mergeRequest = z.object({
  iid: z.number().int(),
  title: z.string(),
  description: z.string().nullish(),
  state: z.string(),
  draft: z.boolean().nullish(),
  work_in_progress: z.boolean().nullish(),
  author: user.nullish(),
  merged_by: user.nullish(),
  merge_user: user.nullish(),
  closed_by: user.nullish(),
  merged_at: instant.nullish(),
  closed_at: instant.nullish(),
  target_branch: z.string(),
  source_branch: z.string(),
  source_project_id: z.number().int().nullish(),
  target_project_id: z.number().int().nullish(),
  sha: z.string().nullish(),
  labels: listOf(z.string()).nullish(),
  assignees: listOf(user).nullish(),
  assignee: user.nullish(),
  reviewers: listOf(user).nullish(),
  detailed_merge_status: z.string().nullish(),
  merge_status: z.string().nullish(),
  has_conflicts: z.boolean().nullish(),
  merge_error: z.string().nullish(),
  created_at: instant,
  updated_at: instant,
  changes_count: z.string().nullish().catch(undefined),
  references: z.object({ full: z.string() }).nullish(),
  head_pipeline: headPipeline.nullish().catch(undefined),
  user: z.object({ can_merge: z.boolean().nullish() }).nullish(),
});

export type RawMergeRequest = z.infer<typeof mergeRequest>;

export const note = z.object({
  id: z.number().int(),
  type: z.string().nullish(),
  body: z.string(),
  author: user.nullish(),
  system: z.boolean().nullish(),
  resolvable: z.boolean().nullish(),
  resolved: z.boolean().nullish(),
  internal: z.boolean().nullish(),
  confidential: z.boolean().nullish(),
  created_at: instant,
  position: z.object({ new_path: z.string().nullish(), old_path: z.string().nullish() }).nullish(),
});

export type RawNote = z.infer<typeof note>;

/** A thread: its notes, oldest first. */
export const discussion = z.object({
  id: z.string().min(1),
  notes: listOf(
    z.object({ id: z.number().int(), resolvable: z.boolean().nullish(), resolved: z.boolean().nullish() }),
  ),
});

export type RawDiscussion = z.infer<typeof discussion>;

export const approvals = z.object({
  approvals_required: z.number().int().nullish(),
  user_has_approved: z.boolean().nullish(),
  approved_by: listOf(z.object({ user: user, approved_at: instant.nullish() })),
});

export type RawApprovals = z.infer<typeof approvals>;

export const reviewer = z.object({ user: user, state: z.string().nullish(), created_at: instant.nullish() });

export type RawReviewer = z.infer<typeof reviewer>;

export const issue = z.object({
  iid: z.number().int(),
  title: z.string(),
  description: z.string().nullish(),
  state: z.string(),
  author: user.nullish(),
  labels: listOf(z.string()).nullish(),
  assignees: listOf(user).nullish(),
  created_at: instant,
  updated_at: instant,
});

/** A row of the to-do list. The target is read loosely: each type has fields of its own, and a deleted one is null. */
export const todo = z.object({
  id: z.number().int(),
  action_name: z.string(),
  target_type: z.string().nullish(),
  target: z
    .object({
      iid: z.number().int().nullish().catch(undefined),
      id: z.union([z.number(), z.string()]).nullish().catch(undefined),
      title: z.string().nullish().catch(undefined),
    })
    .nullish(),
  target_url: z.string().nullish(),
  body: z.string().nullish(),
  project: z.object({ id: z.number().int() }).nullish(),
  group: z
    .object({ id: z.number().int(), full_path: z.string().min(1) })
    .nullish()
    .catch(undefined),
  author: user.nullish(),
  created_at: instant,
});

export type RawTodo = z.infer<typeof todo>;

/** A pipeline as the list shows it and, with more fields, as `GET /pipelines/:id` does. */
export const pipeline = z.object({
  id: z.number().int(),
  sha: z.string(),
  ref: z.string().nullish(),
  status: z.string(),
  source: z.string().nullish(),
  name: z.string().nullish(),
  tag: z.boolean().nullish(),
  user: user.nullish(),
  started_at: instant.nullish(),
  finished_at: instant.nullish(),
  created_at: instant,
  updated_at: instant,
  /** Only to notice that the project was renamed. */
  web_url: z.string().nullish(),
});

export type RawPipeline = z.infer<typeof pipeline>;

export const job = z.object({
  id: z.number().int(),
  name: z.string(),
  stage: z.string().nullish(),
  status: z.string(),
  allow_failure: z.boolean().nullish(),
});

export type RawJob = z.infer<typeof job>;

/** A job that starts another pipeline, here or in another project. */
export const bridge = z.object({
  ...job.shape,
  downstream_pipeline: z
    .object({
      id: z.number().int(),
      project_id: z.number().int().nullish(),
      status: z.string(),
      web_url: z.string().nullish(),
    })
    .nullish(),
});

export type RawBridge = z.infer<typeof bridge>;

/** Somebody in a group. */
export const member = z.object({ id: z.number().int() });

export const group = z.object({ id: z.number().int(), full_path: z.string().min(1) });

export const commit = z.object({
  id: z.string().min(1),
  title: z.string(),
  author_name: z.string().nullish(),
  author_email: z.string().nullish(),
  created_at: instant.nullish(),
});

export type RawCommit = z.infer<typeof commit>;

export const branch = z.object({
  name: z.string(),
  commit: z.object({ id: z.string().min(1), created_at: instant.nullish() }),
  web_url: z.string().nullish(),
});

export const diff = z.object({
  new_path: z.string(),
  old_path: z.string(),
  new_file: z.boolean().nullish(),
  renamed_file: z.boolean().nullish(),
  deleted_file: z.boolean().nullish(),
});

export type RawDiff = z.infer<typeof diff>;

export const comparison = z.object({
  commits: listOf(commit),
  diffs: listOf(diff),
  compare_timeout: z.boolean().nullish(),
});

export type RawComparison = z.infer<typeof comparison>;

export const wikiPage = z.object({
  slug: z.string().min(1),
  title: z.string().nullish(),
  content: z.string().nullish(),
});

export type RawWikiPage = z.infer<typeof wikiPage>;

export const event = z.object({
  id: z.number().int(),
  action_name: z.string(),
  target_type: z.string().nullish(),
  target_title: z.string().nullish(),
  created_at: instant,
  author: user.nullish(),
  wiki_page: z.object({ slug: z.string(), title: z.string().nullish() }).nullish(),
  push_data: z.object({ ref: z.string().nullish(), commit_to: z.string().nullish() }).nullish(),
});

export type RawEvent = z.infer<typeof event>;

/** Both keys occur, and `message` may be an object with one list of sentences per field. */
export const errorBody = z.object({
  error: z.unknown().optional(),
  message: z.unknown().optional(),
  scope: z.string().nullish(),
});
