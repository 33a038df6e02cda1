import type { Boundary, LogItem, LogLine } from "./lines.js";

/** What the platform says of the failed step beside the log. */
export interface StepHint {
  name?: string | undefined;
  /** Epoch milliseconds of its first and last second. */
  from?: number | undefined;
  to?: number | undefined;
}

export interface FailedStep {
  lines: LogLine[];
  /** Whether this is surely its end. If not, it may lie before the part of the log that was read. */
  certain: boolean;
}

interface Part {
  title: string;
  /** Comes after the failure and says nothing of it. */
  epilogue: boolean;
  lines: LogLine[];
  /** Its end was seen. */
  closed: boolean;
}

/** The lines of the step that failed, up to its last error: not what ran afterwards, whatever that printed. */
export function findFailedStep(items: readonly LogItem[], hint: StepHint = {}): FailedStep {
  const timed = inWindow(items, hint);
  if (timed !== null) return { lines: timed, certain: true };
  const parts = toParts(items).filter((part) => part.lines.length > 0);
  const candidates = parts.filter((part) => !part.epilogue);
  const named = candidates.find((part) => part.title !== "" && isNamed(part, hint.name) && hasError(part));
  const chosen = named ?? candidates.findLast(hasError) ?? candidates.findLast((part) => part.title !== "");
  const part = chosen ?? candidates.at(-1) ?? parts.at(-1);
  if (part === undefined) return { lines: [], certain: false };
  const verdict = parts.at(-1)?.lines.filter((line) => runnersVerdict.test(line.text)) ?? [];
  const lines = upToLastError(part.lines);
  return {
    lines: [...lines, ...verdict.filter((line) => !lines.includes(line))],
    certain: part.closed || hasError(part),
  };
}

/** GitLab's runner says after everything else why the job ended, and for a timeout nowhere else. */
const runnersVerdict = /^ERROR: Job failed/;

/** The instants of a step are whole seconds, so that lines of its neighbours may be among these. */
function inWindow(items: readonly LogItem[], { from, to, name }: StepHint): LogLine[] | null {
  if (from === undefined || to === undefined) return null;
  const lines = items.filter((item): item is LogLine => !("boundary" in item));
  const during = lines.filter((line) => line.at !== undefined && line.at >= from && line.at < to + 1000);
  const end = during.findIndex((line) => startsEpilogue(line));
  const own = end === -1 ? during : during.slice(0, end);
  if (!own.some((line) => line.mark === "error")) return null;
  const begins = own.findIndex((line) => line.mark === "group" && line.text === name);
  const first = own.findIndex((line) => line.mark === "group" && line.text.startsWith("Run "));
  const start = begins !== -1 ? begins : isEarly(own[first], from) ? first : 0;
  return upToLastError(own.slice(start));
}

function isEarly(line: LogLine | undefined, from: number): boolean {
  return line?.at !== undefined && line.at < from + 1000;
}

function hasError(part: Part): boolean {
  return part.lines.some((line) => line.mark === "error");
}

function isNamed(part: Part, name: string | undefined): boolean {
  return name !== undefined && (part.title === name || part.title === `Run ${name}`);
}

function upToLastError(lines: LogLine[]): LogLine[] {
  const last = lines.findLastIndex((line) => line.mark === "error");
  return last === -1 ? lines : lines.slice(0, last + 1);
}

const epilogueSections = [
  "after_script", "archive_cache", "archive_cache_on_failure", "upload_artifacts_on_success",
  "upload_artifacts_on_failure", "cleanup_file_variables",
]; // prettier-ignore
const runnerSections = [
  "resolve_secrets", "prepare_executor", "prepare_script", "get_sources", "clear_worktree", "restore_cache",
  "download_artifacts", "step_script", "build_script", "step_run", ...epilogueSections,
]; // prettier-ignore

/** The first words of what the two runners do after the steps of a job, whether or not there are marks around. */
const epilogueWords =
  /^(?:Post job cleanup\.|Cleaning up orphan processes|Print service container logs: |Stop and remove container: |Remove container network: |Evaluate and set job outputs|Running after_script$|Running after script\.\.\.|Uploading artifacts for (?:failed|successful) job$|Saving cache for (?:failed|successful) job$|Cleaning up (?:project directory and )?file based variables$)/;

function startsEpilogue(line: LogLine): boolean {
  return line.mark === undefined && epilogueWords.test(line.text);
}

function toParts(items: readonly LogItem[]): Part[] {
  let part = newPart("", false);
  const parts = [part];
  const open = (title: string, epilogue: boolean) => {
    part = newPart(title, epilogue);
    parts.push(part);
  };
  for (const item of items) {
    if ("boundary" in item) {
      crossed(item.boundary, { part, open });
      continue;
    }
    if (startsEpilogue(item) && !part.epilogue) {
      open(item.text, true);
    } else if (item.mark === "group" && item.text.startsWith("Run ")) open(item.text, false);
    else if (item.mark === "group" && item.text === "Checking docker version")
      open("Initialize containers", false);
    part.lines.push(item);
  }
  return parts;
}

/** Sections that a script opens itself lie within `step_script`, and are no boundary. */
function crossed(
  { type, name }: Boundary,
  at: { part: Part; open: (title: string, epilogue: boolean) => void },
): void {
  if (!runnerSections.includes(name)) return;
  if (type === "start") return at.open(name, epilogueSections.includes(name));
  // The log was read from its middle: only the end says what this part was.
  if (at.part.title === "")
    Object.assign(at.part, { title: name, epilogue: epilogueSections.includes(name) });
  at.part.closed = true;
  at.open("", true);
}

function newPart(title: string, epilogue: boolean): Part {
  return { title, epilogue, lines: [], closed: false };
}
