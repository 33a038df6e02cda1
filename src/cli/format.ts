import type { Project } from "../domain/project.js";

/** How the command line writes instants, durations and subjects. */

/** `2026-11-21 01:30:05`, in the terminal's own time zone; "never" for null. */
export function toMoment(epochMs: number | null): string {
  if (epochMs === null) return "never";
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`; "never" for null. */
export function toAgo(epochMs: number | null, now: number): string {
  if (epochMs === null) return "never";
  const seconds = Math.max(0, Math.round((now - epochMs) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

/** `work:platform/core merge_request 12`: a subject's key with the path of today in place of the project's number. */
export function toReadable(
  subject: string,
  projects: ReadonlyArray<Pick<Project, "connectionId" | "id" | "path">>,
): string {
  const [connectionId = "", projectId = "", type = "", ...id] = subject.split("/");
  const project = projects.find((known) => known.connectionId === connectionId && known.id === projectId);
  return `${connectionId}:${project?.path ?? projectId} ${type} ${id.join("/")}`;
}
