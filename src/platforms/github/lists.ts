import type * as z from "zod";
import { isFailure } from "../../domain/failure.js";
import type { GitHubSession, RowsAnswer, Unchanged, Validator } from "./client.js";
import { toSmallerPage, type ListLimit } from "./limits.js";

export interface WholeList<T> {
  /** Path under the API root, with its query but for the size of a page. */
  url: string;
  row: z.ZodType<T>;
  key?: string;
  limit: ListLimit;
  what: string;
  /** Whether the rows behind these are wanted; absent: they are. */
  wantsMore?: (rows: T[]) => boolean;
}

/**
 * A list to its end, or to its limit, which is said. Where the rows are too large for one answer (anybody may write 65,000 letters
 * into a comment) it is asked for in smaller pages.
 */
export async function readList<T>(session: GitHubSession, list: WholeList<T>): Promise<T[]> {
  for (let perPage: number = list.limit.perPage; ;) {
    try {
      return await readPages(session, list, perPage);
    } catch (error) {
      const smaller = toSmallerPage(perPage);
      if (!isFailure(error) || error.code !== "too_large" || smaller === undefined) throw error;
      perPage = smaller;
    }
  }
}

async function readPages<T>(session: GitHubSession, list: WholeList<T>, perPage: number): Promise<T[]> {
  const { row, key, what } = list;
  const rows: T[] = [];
  let url: string | undefined = `${list.url}${list.url.includes("?") ? "&" : "?"}per_page=${perPage}`;
  while (url !== undefined) {
    const answer: RowsAnswer<T> = await session.readRows({ url, row, key, what });
    rows.push(...answer.data);
    if (answer.next === undefined || list.wantsMore?.(answer.data) === false) break;
    if (rows.length >= list.limit.rows) {
      sayCut(session, list.limit, what);
      break;
    }
    url = answer.next;
  }
  return rows;
}

/** What is left behind the limit of a list is said, unless nothing is told less for it. */
export function sayCut(session: GitHubSession, { name, rows, beyond }: ListLimit, what: string): void {
  if (beyond === "cut")
    session.report({ code: "cut", key: `${name}/${what}`, values: { what: name, limit: rows } });
}

export interface FirstRows<T> extends Omit<WholeList<T>, "wantsMore"> {
  validator: Validator | undefined;
  /** As it was the last time; absent: as the limit says. */
  perPage: number | undefined;
}

/** Bytes of text in a row, on average, that make a whole page light enough. */
const lightRow = 20_000;

/**
 * The first page, by which a poll begins; smaller where the rows are too large for one answer. `perPage` goes into the cursor, so
 * that a quiet project does not send ten megabytes with each poll; absent: as the limit says.
 */
export async function readFirstRows<T extends { body?: string | null | undefined }>(
  session: GitHubSession,
  list: FirstRows<T>,
): Promise<{ answer: RowsAnswer<T> | Unchanged; perPage: number | undefined }> {
  const { row, key, what, limit } = list;
  for (let perPage = list.perPage ?? limit.perPage; ;) {
    const url = `${list.url}&per_page=${perPage}`;
    const validator = perPage === (list.perPage ?? limit.perPage) ? list.validator : undefined;
    try {
      const answer = await session.readRowsIfChanged({ url, row, key, what, validator });
      if (answer.status === 304) return { answer, perPage: list.perPage };
      const letters = answer.data.reduce((sum, one) => sum + (one.body?.length ?? 0), 0);
      const isLight = letters / Math.max(1, answer.data.length) < lightRow;
      const next = perPage === limit.perPage || isLight ? undefined : perPage;
      // The ETag is that of this address, and the size is part of it.
      const kept = (next ?? limit.perPage) === perPage ? answer : { ...answer, validator: {} };
      return { answer: kept, perPage: next };
    } catch (error) {
      const smaller = toSmallerPage(perPage);
      if (!isFailure(error) || error.code !== "too_large" || smaller === undefined) throw error;
      perPage = smaller;
    }
  }
}
