import { Failure, isFailure } from "../../domain/failure.js";
import type { MergeRequestFacts } from "../../domain/facts/index.js";
import { isOfOne } from "../set-aside.js";
import type { GitHubSession } from "./client.js";
import { toDetailedFacts } from "./normalize-detail.js";
import {
  olderNews,
  olderNewsQuery,
  pullsById,
  pullsByIdQuery,
  pullsByNumber,
  pullsByNumberQuery,
  type PullDetail,
} from "./pull-query.js";
import { limits } from "./limits.js";
import { readPullByRest } from "./pull-rest.js";

/** More at once come near GitHub's limit of ten seconds a query. */
const batchSize = 20;
const dayMs = 86_400_000;

export interface DetailedPull {
  facts: MergeRequestFacts;
  projectId: string;
}

export interface WantedPull {
  path: string;
  number: number;
  /** Cheaper to ask by, where it is known. */
  nodeId?: string | undefined;
}

export interface ReadingOptions {
  newsSince: string | undefined;
  what: string;
  /** GraphQL was found blocked a short while ago. */
  byRest: boolean;
}

export interface PullReadings {
  /** In the order asked: what is known, or why it could not be read. */
  readings: Array<DetailedPull | Failure>;
  /** Why GraphQL could not be had, if it was tried. */
  blocked?: Failure;
}

/**
 * Pull requests in detail: by GraphQL many at a time; by REST all of them where GraphQL cannot be had, and those alone of which an
 * answer of GraphQL is too large or has more in it than it lists.
 */
export async function readPulls(
  session: GitHubSession,
  wanted: readonly WantedPull[],
  options: ReadingOptions,
): Promise<PullReadings> {
  if (options.byRest) return { readings: await readEachByRest(session, wanted, options) };
  try {
    const byId = wanted.filter(({ nodeId }) => nodeId !== undefined);
    const byNumber = wanted.filter(({ nodeId }) => nodeId === undefined);
    const found = new Map<WantedPull, Reading>();
    for (const [ask, list] of [
      [askById, byId],
      [askByNumber, byNumber],
    ] as const) {
      const halving = { inRow: 0 };
      for (const batch of inBatches(list)) {
        const readings = await halvedOnFailure(batch, halving, (part) => ask(session, part, options));
        readings.forEach((reading, index) => void found.set(batch[index] as WantedPull, reading));
      }
    }
    const readings: Array<DetailedPull | Failure> = [];
    for (const one of wanted)
      readings.push(await complete(session, { one, reading: found.get(one) }, options));
    return { readings };
  } catch (error) {
    if (!isFailure(error) || error.code !== "graphql") throw error;
    return { readings: await readEachByRest(session, wanted, options), blocked: error };
  }
}

type Reading = PullDetail | Failure | null;

async function askById(
  session: GitHubSession,
  part: readonly WantedPull[],
  { newsSince, what }: ReadingOptions,
): Promise<Reading[]> {
  const variables = { ids: part.map(({ nodeId }) => nodeId), since: searchSince(newsSince) };
  const { nodes } = await session.graphql({ query: pullsByIdQuery, variables, schema: pullsById, what });
  return part.map(({ nodeId }) => nodes.find((detail) => detail?.id === nodeId) ?? null);
}

async function askByNumber(
  session: GitHubSession,
  part: readonly WantedPull[],
  { newsSince, what }: ReadingOptions,
): Promise<Reading[]> {
  const variables: Record<string, unknown> = { since: searchSince(newsSince) };
  part.forEach((one, index) => {
    [variables[`owner${index}`], variables[`name${index}`]] = one.path.split("/");
    variables[`number${index}`] = one.number;
  });
  const query = pullsByNumberQuery(part.length);
  const data = await session.graphql({ query, variables, schema: pullsByNumber, what });
  return part.map((_, index) => data[`p${index}`]?.pullRequest ?? null);
}

/**
 * A review can be drafted hours before it is submitted, and it is not documented which of the two times `since` means:
 * a day more is asked for, and what is older than `newsSince` by its own time is dropped afterwards.
 */
function searchSince(newsSince: string | undefined): string | null {
  return newsSince === undefined ? null : new Date(Date.parse(newsSince) - dayMs).toISOString();
}

/** What one answer had no room for. One that was too much for GraphQL, or has more nested in it, is read by REST. */
async function complete(
  session: GitHubSession,
  { one, reading }: { one: WantedPull; reading: Reading | undefined },
  options: ReadingOptions,
): Promise<DetailedPull | Failure> {
  if (reading == null) {
    const message = `GitHub's GraphQL had nothing to say of pull request #${one.number} of ${one.path}.`;
    return new Failure("unreachable", { message, code: "lagging", values: { server: "GitHub" } });
  }
  if (isFailure(reading)) return readOneByRest(session, one, options);
  const whole = await withOlderNews(session, reading, options).catch(failureOfOne);
  if (isFailure(whole) || hasMore(whole)) return readOneByRest(session, one, options);
  return { facts: toDetailedFacts(whole, options.newsSince), projectId: whole.repository.databaseId };
}

async function withOlderNews(
  session: GitHubSession,
  detail: PullDetail,
  { newsSince, what }: ReadingOptions,
): Promise<PullDetail> {
  let { news } = detail;
  const items = [...(news.nodes ?? [])];
  while (news.pageInfo.hasPreviousPage && items.length < limits.news.rows) {
    const variables = { id: detail.id, since: searchSince(newsSince), before: news.pageInfo.startCursor };
    const request = { query: olderNewsQuery, variables, schema: olderNews, what };
    news = (await session.graphql(request)).node.news;
    items.unshift(...(news.nodes ?? []));
  }
  return { ...detail, news: { nodes: items, pageInfo: news.pageInfo } };
}

function hasMore(detail: PullDetail): boolean {
  const { reviewRequests, news } = detail;
  const asked = reviewRequests?.nodes?.length ?? 0;
  return (
    news.pageInfo.hasPreviousPage ||
    (reviewRequests?.totalCount ?? asked) > asked ||
    (news.nodes ?? []).some(
      (item) => item?.__typename === "PullRequestReview" && item.comments.pageInfo?.hasNextPage === true,
    )
  );
}

async function readEachByRest(
  session: GitHubSession,
  wanted: readonly WantedPull[],
  options: ReadingOptions,
): Promise<Array<DetailedPull | Failure>> {
  const readings: Array<DetailedPull | Failure> = [];
  for (const one of wanted) readings.push(await readOneByRest(session, one, options));
  return readings;
}

/** The pull request by REST, or why even that did not do. What concerns more than this one rejects. */
export function readOneByRest(
  session: GitHubSession,
  one: WantedPull,
  { newsSince }: Pick<ReadingOptions, "newsSince">,
): Promise<DetailedPull | Failure> {
  return readPullByRest(session, one, newsSince).catch(failureOfOne);
}

function failureOfOne(error: unknown): Failure {
  if (!isFailure(error) || error.code === "graphql") throw error;
  const ofOne: boolean = isOfOne(error);
  if (ofOne || error.kind === "gone") return error;
  throw error;
}

/** So many single ones in a row, and it is GraphQL itself that fails. */
const mostInRow = 3;

/** A query that is too much for the server fails as a whole: its halves may not, and one alone is the culprit. */
async function halvedOnFailure(
  batch: readonly WantedPull[],
  halving: { inRow: number },
  ask: (part: readonly WantedPull[]) => Promise<Reading[]>,
): Promise<Reading[]> {
  try {
    const readings = await ask(batch);
    halving.inRow = 0;
    return readings;
  } catch (error) {
    const failure = failureOfOne(error);
    if (batch.length === 1) {
      halving.inRow += 1;
      if (halving.inRow >= mostInRow) throw toGraphqlFailure(failure);
      return [failure];
    }
    const middle = Math.ceil(batch.length / 2);
    const first = await halvedOnFailure(batch.slice(0, middle), halving, ask);
    return [...first, ...(await halvedOnFailure(batch.slice(middle), halving, ask))];
  }
}

function toGraphqlFailure({ message, values }: Failure): Failure {
  return new Failure("unreachable", { message, values, code: "graphql" });
}

function inBatches<T>(items: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; start += batchSize) {
    batches.push(items.slice(start, start + batchSize));
  }
  return batches;
}
