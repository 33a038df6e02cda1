import { Failure, isFailure } from "../domain/failure.js";
import type { Project } from "../domain/project.js";
import { refuse, type PatternRefusal } from "../domain/pattern-refusal.js";
import { refusePlace } from "../domain/project-pattern.js";
import { readAddress, type ReadAddress } from "../domain/read-address.js";
import type { Place } from "../domain/routes.js";
import type { Subject } from "../domain/subject.js";
import type { LiveConnection } from "../platforms/platform.js";
import { findMessageSubject } from "../store/cards.js";
import { findProject, findProjectByPath, saveProject } from "../store/projects.js";
import { knownConnections, type OperationContext } from "./context.js";
import { oneLine } from "../lib/shorten.js";

export interface FoundTarget {
  live: LiveConnection;
  project: Project;
  /** null when a project was named and nothing in it. */
  subject: Subject | null;
}

/**
 * What a person points at with an address, `owner/repo#12`, `group/project!12`, `owner/repo@run-id`, or a bare path, each with
 * `connection:` before it where they like. Rejects with a `Failure` whose message can be shown.
 */
export async function findTarget(
  context: OperationContext,
  text: string,
  signal: AbortSignal,
): Promise<FoundTarget> {
  const address = readAddress(text, knownConnections(context));
  if (address !== null) {
    const { target, ids } = inAddress(address);
    const there = [...context.connections.values()].filter(({ connection }) => ids.includes(connection.id));
    return resolve(context, there, { target, signal });
  }
  const written = parseWritten(text);
  if (written === null) {
    throw new Failure("rejected", {
      message: `“${oneLine(text, 80)}” does not name a project, a merge request or a pipeline.`,
      remedy: "Write owner/repo#12, group/project!12, owner/repo@run-id, or paste the address.",
      code: "unreadable_target",
      values: { text: oneLine(text, 80) },
    });
  }
  const candidates = [...context.connections.values()].filter((live) => fits(live, written));
  if (candidates.length === 0) {
    const known = [...context.connections.keys()].join(", ");
    throw new Failure("rejected", {
      message: `“${oneLine(text, 80)}” fits none of the connections: ${known}.`,
      code: "unknown_connection",
      values: { text: oneLine(text, 80), known },
    });
  }
  return resolve(context, candidates, { target: written.target, signal });
}

/** The subject of the message that is answered, or null. */
export async function findRepliedSubject(
  context: OperationContext,
  message: { chat: string; messageId: string },
): Promise<FoundTarget | null> {
  const key = await findMessageSubject(context.db, message.chat, message.messageId);
  const subject = key === null ? null : toSubject(key);
  const live = subject === null ? undefined : context.connections.get(subject.connectionId);
  if (subject === null || live === undefined) return null;
  const project = await findProject(context.db, subject.connectionId, subject.projectId);
  return project === null ? null : { live, project, subject };
}

/** The inverse of `toSubjectKey`; ids may hold slashes, the parts before them do not. */
export function toSubject(key: string): Subject {
  const [connectionId = "", projectId = "", type = "", ...id] = key.split("/");
  return { connectionId, projectId, type: type as Subject["type"], id: id.join("/") };
}

/** A group is no target. */
type Target = Exclude<Place, { type: "group" }>;

/** Rejects what is no project's. */
function inAddress(address: ReadAddress): { target: Target; ids: string[] } {
  if (address.is === "found" && "path" in address.found && address.found.type !== "group") {
    return { target: address.found, ids: address.connections.map(({ id }) => id) };
  }
  const { code, values, message } = whyNot(address);
  throw new Failure("rejected", {
    ...{ code, values, message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.` },
    remedy: "Paste the address of a project, a merge request or a pipeline.",
  });
}

function whyNot(address: ReadAddress): PatternRefusal {
  if (address.is === "foreign") return address.refusal;
  const [connection] = address.connections;
  const { found } = address;
  if (connection === undefined) return refuse("address.broken");
  if (found.type === "group") return refuse("pattern.group", { path: found.path });
  return refusePlace(found, connection);
}

interface Written {
  connectionId?: string;
  sigil?: string;
  target: Target;
}

const writtenForm = /^(?:([a-z0-9][a-z0-9-]*):)?([\w.-]+(?:\/[\w.-]+)+)(?:([#!@])(\d+))?$/i;

function parseWritten(text: string): Written | null {
  const match = writtenForm.exec(text.trim());
  if (match === null) return null;
  const [, connectionId, path = "", sigil, id = ""] = match;
  const named = connectionId === undefined ? {} : { connectionId };
  if (sigil === undefined) return { ...named, target: { path, type: "project" } };
  if (sigil === "@") return { ...named, target: { path, type: "pipeline", pipelineId: id } };
  return { ...named, sigil, target: { path, type: "merge_request", number: Number(id) } };
}

function fits(live: LiveConnection, written: Written): boolean {
  if (written.connectionId !== undefined) return live.connection.id === written.connectionId;
  return written.sigil === undefined || live.platform.words.sigil === written.sigil;
}

/** The first connection that has such a project: those that are followed already before those that must be asked. */
async function resolve(
  context: OperationContext,
  candidates: LiveConnection[],
  { target, signal }: { target: Target; signal: AbortSignal },
): Promise<FoundTarget> {
  for (const live of candidates) {
    const project = await findProjectByPath(context.db, live.connection.id, target.path);
    if (project !== null) return { live, project, subject: toTargetSubject(target, project) };
  }
  let last: Failure | null = null;
  for (const live of candidates) {
    try {
      const project = await live.client.findProject(target.path, signal);
      await saveProject(context.db, project);
      return { live, project, subject: toTargetSubject(target, project) };
    } catch (error) {
      if (!isFailure(error)) throw error;
      last = error;
    }
  }
  throw (
    last ??
    new Failure("gone", {
      message: `${target.path} was not found.`,
      values: { server: candidates[0]?.connection.id ?? "" },
    })
  );
}

function toTargetSubject(target: Target, project: Project): Subject | null {
  const base = { connectionId: project.connectionId, projectId: project.id };
  switch (target.type) {
    case "project":
      return null;
    case "merge_request":
      return { ...base, type: "merge_request", id: String(target.number) };
    case "pipeline":
      return { ...base, type: "pipeline", id: target.pipelineId };
  }
}
