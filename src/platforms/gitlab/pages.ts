import type * as z from "zod";
import { isFailure } from "../../domain/failure.js";
import type { Shortfall } from "../../domain/shortfall.js";
import type { Answer, Ask, Call, Session } from "./client.js";
import { toSmallerPage, type PagedLimit } from "./limits.js";

/** Pages of one list in one go, however small they had to be. */
const mostPages = 100;

export interface Paged<T> {
  row: z.ZodType<T>;
  limit: PagedLimit;
  ask: (page: number, perPage: number) => Ask;
  call: Call;
}

/** The first page of a list, by which a poll begins, and how many rows a page of it has. */
export interface FirstPage<T> {
  answer: Answer<T[]> | "unchanged";
  perPage: number;
}

/**
 * The first page, conditional on `call.etag`. Where the rows are too large for one answer (anybody may write a megabyte into a
 * comment or description) it is asked for with fewer. The size belongs into the cursor: the ETag is that of its address, and a
 * quiet project should not send ten megabytes with each poll.
 */
export async function readFirstPage<T>(
  session: Session,
  list: Paged<T>,
  before?: number,
): Promise<FirstPage<T>> {
  let perPage = before ?? list.limit.perPage;
  for (;;) {
    const etag = before === undefined || perPage === before ? list.call.etag : undefined;
    try {
      const call = { ...list.call, etag };
      const answer = await session.readRowsIfChanged(list.row, list.ask(1, perPage), call);
      return { answer, perPage };
    } catch (error) {
      const smaller = toSmallerPage(perPage);
      if (!isTooLarge(error) || smaller === undefined) throw error;
      perPage = smaller;
      before ??= list.limit.perPage;
    }
  }
}

/** Rows of page after page, as long as `wantsMore` says so of the rows of the latest page. What is left behind the limit is said. */
export async function readPages<T>(
  session: Session,
  list: Paged<T> & {
    wantsMore: (rows: T[]) => boolean;
    first?: { answer: Answer<T[]>; perPage: number };
  },
): Promise<T[]> {
  const { limit } = list;
  const perPage = list.first?.perPage ?? limit.perPage;
  let answer = list.first?.answer ?? (await readPage(session, list, { page: 1, perPage }));
  const rows = [...answer.data];
  for (let page = 2; answer.nextPage !== undefined && list.wantsMore(answer.data); page += 1) {
    if ((page - 1) * perPage >= limit.rows || page > mostPages) {
      if (limit.beyond === "cut") session.report(toCut(list));
      return rows;
    }
    answer = await readPage(session, list, { page, perPage });
    rows.push(...answer.data);
  }
  return rows;
}

function toCut({ limit, call }: Pick<Paged<unknown>, "limit" | "call">): Shortfall {
  const { name, rows } = limit;
  return { code: "cut", key: `${name}/${call.about ?? ""}`, values: { what: name, limit: rows } };
}

type Wanted<T> = Paged<T> & { wantsMore: (rows: T[]) => boolean };
type Part = { page: number; perPage: number };

async function readPage<T>(session: Session, list: Wanted<T>, part: Part): Promise<Answer<T[]>> {
  try {
    return await session.readRows(list.row, list.ask(part.page, part.perPage), list.call);
  } catch (error) {
    const smaller = toSmallerPage(part.perPage);
    if (!isTooLarge(error) || smaller === undefined) throw error;
    return readInParts(session, list, { ...part, smaller });
  }
}

/** One page as several smaller ones, which begin where it begins; no further than somebody wants to read. */
async function readInParts<T>(
  session: Session,
  list: Wanted<T>,
  { page, perPage, smaller }: Part & { smaller: number },
): Promise<Answer<T[]>> {
  const data: T[] = [];
  const before = ((page - 1) * perPage) / smaller;
  for (let part = 1; part <= perPage / smaller; part += 1) {
    const answer = await readPage(session, list, { page: before + part, perPage: smaller });
    data.push(...answer.data);
    if (answer.nextPage === undefined || !list.wantsMore(answer.data))
      return { data, etag: undefined, nextPage: undefined };
  }
  return { data, etag: undefined, nextPage: page + 1 };
}

export function isTooLarge(error: unknown): boolean {
  return isFailure(error) && error.code === "too_large";
}

/** Rows of less than this many letters on average make a whole page that is light enough. */
const lightLetters = 20_000;

/** How many rows the first page should have next time: larger again once those that were read are light. */
export function toNextSize(limit: PagedLimit, perPage: number, letters: number[]): number {
  if (perPage === limit.perPage) return perPage;
  const average = letters.reduce((sum, one) => sum + one, 0) / Math.max(letters.length, 1);
  if (average > lightLetters) return perPage;
  return perPage < 10 ? 10 : limit.perPage;
}
