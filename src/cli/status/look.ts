import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Home } from "../../config/home.js";
import { systemClock } from "../../lib/clock.js";
import {
  type DaemonStatus,
  type ShortfallStatus,
  type StatusReport,
  toStatusReport,
} from "../../operations/status-report.js";
import { DatabaseError } from "../../store/sqlite.js";
import { readStatus } from "../../store/status-reader.js";
import type { ShownSettings, StatusRows } from "../../store/status-rows.js";
import type { CliContext } from "../context.js";
import { type ExitCode, exitCode } from "../exit-code.js";
import { readDaemon } from "./daemon.js";

/** One look at how it stands. */
export interface Look {
  report: StatusReport;
  now: number;
  /** Whether anything was ever started in this home; null: that cannot be read. */
  isStarted: boolean | null;
  /** What stands in the way of a full report, or of the settings taking effect; one sentence each. */
  notes: string[];
  exit: ExitCode;
  /** The sentence of a shortfall, with its remedy. */
  sayShortfall: (shortfall: ShortfallStatus) => string;
}

/** Reads the process, the database and, only where nothing runs and it is newer than what last ran, config.yaml. */
export async function look(context: CliContext, home: Home): Promise<Look> {
  const daemon = await readDaemon(home.stateDir);
  const read = await tryRead(home.databaseFile);
  const stored = read.rows?.settings ?? null;
  const settings =
    read.rows === null
      ? asStored
      : daemon.running && stored !== null
        ? findChange(home, stored, daemon)
        : await readSettings(context, home, stored);
  const now = systemClock.now();
  const { connectionIds, declared } = settings;
  const report = toStatusReport(read.rows, { connectionIds, declared, now, daemon });
  return {
    report,
    sayShortfall: await toShortfallTeller(report.shortfalls),
    now,
    isStarted: read.problem === null ? read.rows !== null : null,
    notes: [...(read.problem === null ? [] : [read.problem]), ...toDiskNotes(home), ...settings.notes],
    exit: read.problem === null ? settings.exit : exitCode.failed,
  };
}

/** The messages take a while to load: only where there is something to say. */
export async function toShortfallTeller(
  shortfalls: readonly ShortfallStatus[],
): Promise<(shortfall: ShortfallStatus) => string> {
  if (shortfalls.length === 0) return () => "";
  const { createTranslator } = await import("../../i18n/index.js");
  const translate = createTranslator("en");
  return ({ code, values }) => translate(`shortfall.${code}`, values);
}

/** Below this SQLite can store nothing, and the daemon cannot even write down that it cannot. */
const noneFree = 1_000_000;

function toDiskNotes({ databaseFile }: Home): string[] {
  try {
    const { bavail, bsize } = statfsSync(dirname(databaseFile));
    if (bavail * bsize >= noneFree) return [];
    return [
      `The disk of ${databaseFile} is full. Make room there; nothing is lost, and gitnotify goes on where it was.`,
    ];
  } catch {
    return [];
  }
}

async function tryRead(databaseFile: string): Promise<{ rows: StatusRows | null; problem: string | null }> {
  try {
    return { rows: await readStatus(databaseFile), problem: null };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return { rows: null, problem: `${error.message} ${error.remedy}` };
  }
}

interface SettingsLook {
  /** null: as stored. */
  connectionIds: string[] | null;
  declared: number | null;
  notes: string[];
  exit: ExitCode;
}

const asStored: SettingsLook = { connectionIds: null, declared: null, notes: [], exit: exitCode.done };

function isChanged(home: Home, stored: ShownSettings | null): boolean {
  const changedAt = modifiedAt(home.configFile);
  return stored === null || changedAt === null || changedAt > stored.at;
}

/** What a running daemon runs with is shown, whatever the file says meanwhile. */
function findChange(home: Home, stored: ShownSettings, { pid, reloadProblem }: DaemonStatus): SettingsLook {
  if (!isChanged(home, stored)) return asStored;
  const how =
    process.platform === "win32" || pid === null
      ? "restart it to use the new settings"
      : `\`kill -HUP ${pid}\` makes it take the new settings`;
  // The report says already that the file was not taken, and why.
  if (reloadProblem !== null) return { ...asStored, notes: [`Mend ${home.configFile}; then ${how}.`] };
  const what = `${home.configFile} was changed after the daemon read it`;
  return { ...asStored, notes: [`${what}: ${how}, if \`gitnotify config check\` finds them right.`] };
}

/** Loading config.yaml costs more than everything else here together: it is done when it is newer than what is known. */
async function readSettings(
  context: CliContext,
  home: Home,
  stored: ShownSettings | null,
): Promise<SettingsLook> {
  if (!isChanged(home, stored)) return asStored;
  const { readSettings: load } = await import("../settings.js");
  const { loaded } = await load(context);
  if (!loaded.ok) {
    const count = loaded.problems.length;
    const what = `${home.configFile} is not right (${count} problem${count === 1 ? "" : "s"})`;
    const notes = [`${what}: \`gitnotify config check\` says what is wrong in which line.`];
    return { ...asStored, notes, exit: exitCode.configInvalid };
  }
  const { connections, subscriptions } = loaded.config;
  const connectionIds = connections.map(({ id }) => id);
  return { ...asStored, connectionIds, declared: subscriptions.length };
}

/** Epoch milliseconds; null where there is no such file. */
function modifiedAt(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
