import type { Checks, DiffSize } from "../domain/facts/index.js";
import type { Translate } from "./index.js";

const icons: Record<Checks["state"], string> = { running: "⏳", success: "✅", failed: "❌" };

/** `✅ 12 of 12 checks passed`, `❌ 2 of 12 checks failed`. While they run only failures count: the rest moves all the time. */
export function checksText(checks: Checks | null | undefined, translate: Translate): string | undefined {
  if (checks == null) return undefined;
  const { state, passed, failed = 0, running = 0 } = checks;
  const icon = state === "running" && failed > 0 ? icons.failed : icons[state];
  return `${icon} ${translate(`card.checks.${state}`, {
    failed,
    passed: passed ?? 0,
    total: passed === undefined ? 0 : passed + failed + running,
  })}`;
}

/** `+120 −30 in 5 files`; the files alone where lines are not told. */
export function diffText(diff: DiffSize | undefined, translate: Translate): string | undefined {
  if (diff === undefined) return undefined;
  const { files, additions, deletions } = diff;
  const lines =
    additions === undefined && deletions === undefined ? "" : `+${additions ?? 0}\u00a0−${deletions ?? 0}`;
  if (files === undefined) return lines;
  const inFiles = translate(diff.more === true ? "card.files_or_more" : "card.files", { count: files });
  return lines === "" ? inFiles : `${lines}, ${inFiles}`;
}
