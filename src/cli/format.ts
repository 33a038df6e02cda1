import type { Destination } from "../domain/destination.js";
import type { Project } from "../domain/project.js";
import { toSpanParts } from "../lib/span.js";

/** How the command line writes instants, durations and subjects. */

/** `2026-11-21 01:30:05`, in the terminal's own time zone; "never" for null. */
export function toMoment(epochMs: number | null): string {
  if (epochMs === null) return "never";
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `2026-11-21 01:30:05 GMT+3 (3 minutes ago)`: an instant for people, in the terminal's own time zone. */
export function toTold(epochMs: number, now: number): string {
  const zone = new Intl.DateTimeFormat("en", { timeZoneName: "short" })
    .formatToParts(epochMs)
    .find(({ type }) => type === "timeZoneName")?.value;
  return `${toMoment(epochMs)} ${zone ?? ""} (${toDistance(epochMs - now)})`;
}

const unitNames = { s: "second", min: "minute", h: "hour", d: "day" } as const;

function toDistance(ms: number): string {
  const { value, unit } = toSpanParts(Math.abs(ms));
  const signed = ms < 0 ? -value : value;
  return new Intl.RelativeTimeFormat("en", { numeric: "always" }).format(signed, unitNames[unit]);
}

/** A chat as `--to` takes it: `4242`, `-1001234567890/7`. */
export function toPlace({ chat, topic }: Destination): string {
  return topic === undefined ? chat : `${chat}/${topic}`;
}

/** `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`; "never" for null. */
export function toAgo(epochMs: number | null, now: number): string {
  if (epochMs === null) return "never";
  return `${toSpan(now - epochMs)} ago`;
}

/** `12 s`, `3 min`, `2 h`, `5 d`; below zero counts as none. */
export function toSpan(ms: number): string {
  const { value, unit } = toSpanParts(ms);
  return `${value} ${unit}`;
}

/** `812 kB`, `78 MB`, `1.2 GB`; decimal, as file managers count. */
export function toSize(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} kB`;
  if (bytes < 1_000_000_000) return `${Math.round(bytes / 1_000_000)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
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
