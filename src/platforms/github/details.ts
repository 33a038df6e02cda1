import { isFailure } from "../../domain/failure.js";
import type { MergeRequestFacts } from "../../domain/facts/index.js";
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

/** More at once come near GitHub's limit of ten seconds a query. */
const batchSize = 20;
/** So many older pages of one pull request's happenings are read. */
const olderPages = 10;
const dayMs = 86_400_000;

/** A pull request that GitHub could not answer just now has no entry. */
export interface DetailedPull {
  facts: MergeRequestFacts;
  projectId: string;
}

/** Pull requests by node id. What is missing in the answer is unknown, and is not in the map. */
export async function detailsById(
  session: GitHubSession,
  ids: string[],
  about: { newsSince: string | undefined; what: string },
): Promise<Map<string, DetailedPull>> {
  const found = new Map<string, DetailedPull>();
  for (const batch of inBatches(ids)) {
    const details = await halvedOnFailure(batch, async (part) => {
      const variables = { ids: part, since: searchSince(about.newsSince) };
      const request = { query: pullsByIdQuery, variables, schema: pullsById, what: about.what };
      return (await session.graphql(request)).nodes;
    });
    for (const detail of details) {
      if (detail !== null) found.set(detail.id, await complete(session, detail, about));
    }
  }
  return found;
}

export interface PullAddress {
  path: string;
  number: number;
}

/** Pull requests by repository and number, in the order asked; null = unknown. */
export async function detailsByNumber(
  session: GitHubSession,
  addresses: PullAddress[],
  about: { newsSince: string | undefined; what: string },
): Promise<Array<DetailedPull | null>> {
  const found: Array<DetailedPull | null> = [];
  for (const batch of inBatches(addresses)) {
    const details = await halvedOnFailure(batch, async (part) => {
      const variables: Record<string, unknown> = { since: searchSince(about.newsSince) };
      part.forEach((address, index) => {
        [variables[`owner${index}`], variables[`name${index}`]] = address.path.split("/");
        variables[`number${index}`] = address.number;
      });
      const query = pullsByNumberQuery(part.length);
      const data = await session.graphql({ query, variables, schema: pullsByNumber, what: about.what });
      return part.map((_, index) => data[`p${index}`]?.pullRequest ?? null);
    });
    for (const detail of details) {
      found.push(detail === null ? null : await complete(session, detail, about));
    }
  }
  return found;
}

/**
 * A review can be drafted hours before it is submitted, and it is not documented which of the two times `since` means:
 * a day more is asked for, and what is older than `newsSince` by its own time is dropped afterwards.
 */
function searchSince(newsSince: string | undefined): string | null {
  return newsSince === undefined ? null : new Date(Date.parse(newsSince) - dayMs).toISOString();
}

async function complete(
  session: GitHubSession,
  detail: PullDetail,
  about: { newsSince: string | undefined; what: string },
): Promise<DetailedPull> {
  let { news } = detail;
  const items = [...(news.nodes ?? [])];
  for (let page = 0; news.pageInfo.hasPreviousPage && page < olderPages; page += 1) {
    const before = news.pageInfo.startCursor;
    const variables = { id: detail.id, since: searchSince(about.newsSince), before };
    const request = { query: olderNewsQuery, variables, schema: olderNews, what: about.what };
    news = (await session.graphql(request)).node.news;
    items.unshift(...(news.nodes ?? []));
  }
  const whole = { ...detail, news: { ...detail.news, nodes: items } };
  return { facts: toDetailedFacts(whole, about.newsSince), projectId: detail.repository.databaseId };
}

/** A query that is too much for the server fails as a whole: its halves may not, and one alone is the culprit. */
async function halvedOnFailure<T, R>(
  batch: T[],
  ask: (part: T[]) => Promise<Array<R | null>>,
): Promise<Array<R | null>> {
  try {
    return await ask(batch);
  } catch (error) {
    const tooMuch = isFailure(error) && error.kind === "unreachable" && (error.status ?? 0) >= 500;
    if (!tooMuch || batch.length === 1) throw error;
    const middle = Math.ceil(batch.length / 2);
    const first = await halvedOnFailure(batch.slice(0, middle), ask);
    return [...first, ...(await halvedOnFailure(batch.slice(middle), ask))];
  }
}

function inBatches<T>(items: T[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; start += batchSize) {
    batches.push(items.slice(start, start + batchSize));
  }
  return batches;
}
