import type { Connection } from "../../domain/connection.js";
import { readCursor, type Cursor, type CursorFormat } from "../../domain/cursor.js";
import { Failure, isFailure, type FailureKind } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import { isOfOne } from "../set-aside.js";
import type { PlatformContext, PollOutcome, PollRequest } from "../platform.js";
import type { Session } from "./client.js";

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

function asRecord(cursor: Cursor | null): Record<string, unknown> {
  if (cursor === null) return {};
  return typeof cursor === "object" && !Array.isArray(cursor) ? cursor : { cursor };
}

/** The position in a cursor. One that cannot be read is said: the source begins anew, and what happened in between may be missing. */
export function toPosition<T>(
  session: Session,
  format: CursorFormat<T>,
  request: PollRequest,
): { position: T | null; lost: boolean } {
  // A source that never had a position keeps an empty one.
  if (Object.keys(asRecord(request.cursor)).every((key) => key === "v" || key === "found"))
    return { position: null, lost: false };
  const read = readCursor(format, request.cursor);
  const { kind } = request.source;
  if (read.lost) session.report({ code: "reread", key: kind, values: { what: kind } });
  return read;
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

/**
 * The answer about a part that only adds to a subject, or undefined. Where somebody waits for the whole (`lenient` is false), only
 * an instance or a token that has no such thing goes without.
 */
export async function unlessSpare<T>(
  answer: Promise<T>,
  { lenient }: { lenient: boolean },
): Promise<T | undefined> {
  try {
    return await ifThere(answer);
  } catch (error) {
    if (lenient && isOfOne(error)) return undefined;
    throw error;
  }
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
    throw new Failure("unreachable", {
      message: error.message,
      values: error.values,
      code: "inconsistent",
      cause: error,
    });
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

/** A source of a project was polled without its project: a mistake of the caller. */
export function requireProject(request: PollRequest): Project {
  if (request.project !== null) return request.project;
  throw new Failure("rejected", {
    message: `The source ${request.source.kind} needs its project.`,
    code: "defect",
  });
}
