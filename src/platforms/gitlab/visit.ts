import type { Connection } from "../../domain/connection.js";
import type { Cursor } from "../../domain/cursor.js";
import { Failure, isFailure, type FailureKind } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import type { PlatformContext, PollOutcome, PollRequest } from "../platform.js";
import type { Answer, Ask, Call, Session } from "./client.js";
import type * as z from "zod";

/** What every part of the adapter works with: the connection, and one caller's requests. */
export interface Visit {
  connection: Connection;
  context: PlatformContext;
  session: Session;
}

/** A poll of one project's source. */
export interface ProjectPoll extends Visit {
  project: Project;
  request: PollRequest;
}

/** What of an outcome the poll of a source decides itself. The quota is added for all of them alike. */
export type PartOutcome = Omit<PollOutcome, "quota">;

/**
 * A cursor of an earlier version, or none, counts as none: the source starts again from a baseline. `schema` describes the
 * adapter's own data.
 */
export function toCursor<T>(schema: z.ZodType<T>, cursor: Cursor | null): T | null {
  const parsed = schema.safeParse(cursor);
  return parsed.success ? parsed.data : null;
}

/**
 * GitLab answers 403 where a feature is switched off in a project or the role is too low. That is no error of the poll: the
 * source has nothing, and says what is missing. A missing scope concerns the whole token and stays a failure.
 */
export async function pollFeature(
  poll: ProjectPoll,
  feature: string,
  work: () => Promise<PartOutcome>,
): Promise<PartOutcome> {
  try {
    return await work();
  } catch (error) {
    if (!isFailure(error) || error.kind !== "forbidden" || error.code === "insufficient_scope") throw error;
    const shortfall = { code: "denied" as const, key: feature, values: { what: feature, scope: "read_api" } };
    return { facts: [], cursor: poll.request.cursor ?? {}, activity: "cold", shortfalls: [shortfall] };
  }
}

/** The answer, or undefined where this instance or this token has none. */
export function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  return unless(answer, ["gone", "forbidden"]);
}

/** The answer, or undefined where the thing was deleted between two requests. */
export function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  return unless(answer, ["gone"]);
}

/**
 * The answer about a part of something that was there a moment ago. Were its absence taken for the deletion of the whole, a poll
 * would pass over news, or the core would believe the project gone.
 */
export async function ofPresent<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isFailure(error) || error.kind !== "gone") throw error;
    throw new Failure("unreachable", { message: error.message, code: "inconsistent", cause: error });
  }
}

export async function unless<T>(answer: Promise<T>, kinds: FailureKind[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isFailure(error) && kinds.includes(error.kind)) return undefined;
    throw error;
  }
}

/** Rows of page after page, as long as `wantsMore` says so of the rows of the latest page. */
export async function readPages<T>(
  session: Session,
  pages: {
    schema: z.ZodType<T[]>;
    ask: (page: number) => Ask;
    call: Call;
    limit: number;
    wantsMore: (rows: T[]) => boolean;
    first?: Answer<T[]>;
  },
): Promise<T[]> {
  let answer = pages.first ?? (await session.read(pages.schema, pages.ask(1), pages.call));
  const rows = [...answer.data];
  for (let read = 1; read < pages.limit; read += 1) {
    if (answer.nextPage === undefined || !pages.wantsMore(answer.data)) return rows;
    const call = { ...pages.call, etag: undefined };
    answer = await session.read(pages.schema, pages.ask(answer.nextPage), call);
    rows.push(...answer.data);
  }
  return rows;
}

/** A source of a project was polled without its project: a mistake of the caller. */
export function requireProject(request: PollRequest): Project {
  if (request.project !== null) return request.project;
  throw new Failure("rejected", { message: `The source ${request.source.kind} needs its project.` });
}
