import * as z from "zod";
import { listOf } from "../../lib/list-of.js";

/**
 * The fields that are used of GitHub's REST answers, and no other. Words with a fixed set of values stay plain text:
 * GitHub adds new ones, and an unknown one must not fail a poll.
 */

/** json-with-bigint gives large ids as BigInt; everywhere in the daemon an id is text. */
const id = z.union([z.number(), z.bigint(), z.string()]).transform(String);
const instant = z.iso.datetime({ offset: true });
const nullish = <T extends z.ZodType>(schema: T) => schema.nullish();

export const user = z.object({
  id,
  login: z.string(),
  type: z.string().optional(),
  name: nullish(z.string()),
});
export type UserAnswer = z.infer<typeof user>;

/** `GET /user/teams` (operation teams/list-for-authenticated-user). */
export const team = z.object({ slug: z.string(), organization: z.object({ login: z.string() }) });

export const repository = z.object({
  id,
  node_id: nullish(z.string()),
  full_name: z.string(),
  html_url: nullish(z.string()),
  /** Of a repository that does not say so, nobody should learn more than of a private one. */
  private: nullish(z.boolean()).transform((value) => value ?? true),
  default_branch: nullish(z.string()),
  has_wiki: z.boolean().optional(),
  archived: z.boolean().optional(),
  pushed_at: nullish(instant),
  updated_at: nullish(instant),
  allow_merge_commit: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
});
export type RepositoryAnswer = z.infer<typeof repository>;

/** The repository that an answer belongs to: what shows whether an old name means another repository now. */
const owner = z.object({ id, full_name: z.string() });

export const pull = z.object({
  node_id: nullish(z.string()),
  number: z.number(),
  title: z.string(),
  body: nullish(z.string()),
  html_url: nullish(z.string()),
  state: z.string(),
  draft: z.boolean().optional(),
  user: nullish(user),
  created_at: instant,
  updated_at: instant,
  merged_at: nullish(instant),
  closed_at: nullish(instant),
  base: z.object({ ref: z.string(), repo: owner }),
  head: z.object({ ref: z.string(), sha: z.string() }),
  labels: nullish(listOf(z.object({ name: nullish(z.string()) }))),
  assignees: nullish(listOf(user)),
  requested_reviewers: nullish(listOf(user)),
  requested_teams: nullish(listOf(z.object({ slug: z.string() }))),
});
export type PullAnswer = z.infer<typeof pull>;

export const run = z.object({
  id,
  name: nullish(z.string()),
  display_title: z.string().optional(),
  run_number: z.number(),
  run_attempt: z.number().optional(),
  event: z.string(),
  status: nullish(z.string()),
  conclusion: nullish(z.string()),
  head_branch: nullish(z.string()),
  head_sha: z.string(),
  html_url: z.string(),
  created_at: instant,
  updated_at: instant,
  run_started_at: nullish(instant),
  actor: nullish(user),
  triggering_actor: nullish(user),
  head_commit: nullish(
    z.object({
      message: z.string(),
      author: nullish(z.object({ name: nullish(z.string()), email: nullish(z.string()) })),
    }),
  ),
  repository: owner,
  /** null for a fork that was deleted. */
  head_repository: nullish(owner),
  workflow_id: id.optional(),
  pull_requests: nullish(
    listOf(
      z.object({
        number: z.number(),
        head: z.object({ sha: z.string() }),
        base: z.object({ repo: z.object({ id }) }),
      }),
    ),
  ),
});
export type RunAnswer = z.infer<typeof run>;

export const job = z.object({
  id,
  name: z.string(),
  html_url: nullish(z.string()),
  conclusion: nullish(z.string()),
  steps: nullish(
    listOf(
      z.object({
        name: z.string(),
        conclusion: nullish(z.string()),
        started_at: nullish(instant),
        completed_at: nullish(instant),
      }),
    ),
  ),
});
export type JobAnswer = z.infer<typeof job>;

export type JobsAnswer = { jobs: JobAnswer[] };

export const branch = z.object({ name: z.string(), commit: z.object({ sha: z.string() }) });

export const commitList = listOf(
  z.object({
    sha: z.string(),
    html_url: z.string(),
    author: nullish(
      z.union([
        user,
        z
          .object({})
          .strict()
          .transform(() => null),
      ]),
    ),
    commit: z.object({
      message: z.string(),
      author: nullish(z.object({ name: z.string().optional(), date: instant.optional() })),
      committer: nullish(z.object({ date: instant.optional() })),
    }),
  }),
);

export const comparison = z.object({
  status: z.string(),
  html_url: z.string(),
  total_commits: z.number(),
  commits: commitList,
  files: nullish(
    listOf(z.object({ filename: z.string(), status: z.string(), previous_filename: z.string().optional() })),
  ),
});
export type ComparisonAnswer = z.infer<typeof comparison>;

/** `truncated`: the tree is too large for one answer. */
export const tree = z.object({
  truncated: z.boolean(),
  tree: listOf(z.object({ path: z.string(), type: z.string(), sha: z.string() })),
});

/** Of all events only those of wikis have pages. */
export const eventList = listOf(
  z.object({
    actor: z.object({ id, login: z.string() }),
    payload: z.object({ pages: nullish(listOf(z.object({ sha: z.string() }))) }),
  }),
);

export const notification = z.object({
  id,
  reason: z.string(),
  updated_at: instant,
  subject: z.object({
    title: z.string(),
    type: z.string(),
    url: nullish(z.string()),
    latest_comment_url: nullish(z.string()),
  }),
  repository,
});
export type NotificationAnswer = z.infer<typeof notification>;

export const issue = z.object({
  number: z.number(),
  title: z.string(),
  body: nullish(z.string()),
  html_url: nullish(z.string()),
  state: z.string(),
  user: nullish(user),
  labels: nullish(listOf(z.union([z.string(), z.object({ name: nullish(z.string()) })]))),
  assignees: nullish(listOf(user)),
  created_at: instant,
  updated_at: instant,
});
export type IssueAnswer = z.infer<typeof issue>;

export const comment = z.object({
  id,
  body: nullish(z.string()),
  html_url: nullish(z.string()),
  user: nullish(user),
  created_at: instant,
});
export type CommentsAnswer = Array<z.infer<typeof comment>>;

export const graphqlBody = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        type: z.string().optional(),
        message: z.string(),
        path: listOf(z.union([z.string(), z.number()])).optional(),
      }),
    )
    .optional(),
});
export type GraphqlBody = z.infer<typeof graphqlBody>;

/** Answers of writes whose status alone matters: GitHub sends `{}` or a short note. */
export const accepted = z.unknown();
export const createdReview = z.object({ id });
export const merged = z.object({ merged: z.boolean(), sha: nullish(z.string()) });
