import { existsSync } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { systemClock } from "../../lib/clock.js";
import { takeDaemonLock } from "../../lib/daemon-lock.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { toCliError } from "../open-app.js";
import { withStore } from "../open-store.js";
import { createOutput } from "../output.js";
import { toHome } from "../settings.js";

export function register(command: Command, context: CliContext): void {
  command.addHelpText("after", "\nExample:\n  gitnotify db backup");
  command
    .command("migrate")
    .description("bring the database to this version; `start` does it too")
    .addHelpText("after", "\nExample:\n  gitnotify db migrate")
    .action(() => migrate(context));
  command
    .command("backup")
    .argument("[file]", "default: a new file in the backups folder")
    .description("write a whole copy, also while the daemon runs")
    .addHelpText("after", "\nExample:\n  gitnotify db backup ~/gitnotify-copy.db")
    .action((file: string | undefined) => backup(context, file));
  command
    .command("restore")
    .argument("<file>", "a copy that `db backup` wrote")
    .description("put a copy in place of the database; what is there now is kept beside it")
    .addHelpText("after", "\nExample:\n  gitnotify db restore ~/gitnotify-copy.db")
    .action((file: string) => restore(context, file));
  command
    .command("check")
    .description("say whether the database is whole")
    .addHelpText("after", "\nExample:\n  gitnotify db check")
    .action(() => check(context));
}

function noDatabase(file: string): CliError {
  return new CliError(
    exitCode.failed,
    `there is no database in this home yet (${file})`,
    "`gitnotify start` makes it. Another home: --home DIR, or GITNOTIFY_HOME.",
  );
}

async function migrate(context: CliContext): Promise<void> {
  const { ensureHome } = await import("../../config/home.js");
  const { openDatabase, schemaVersion } = await import("../../store/database.js");
  const home = toHome(context);
  ensureHome(home);
  try {
    const { raw, close } = await openDatabase(home.databaseFile);
    const version = schemaVersion(raw);
    await close();
    raw.close();
    const output = createOutput(context);
    const report = { file: home.databaseFile, version };
    await output.data(report, () => output.line(`${report.file} has schema version ${version}.`));
  } catch (error) {
    throw await toCliError(error);
  }
}

async function backup(context: CliContext, file: string | undefined): Promise<void> {
  await withStore(context, async ({ settings, store }) => {
    if (store === null) throw noDatabase(settings.home.databaseFile);
    const { ensureHome } = await import("../../config/home.js");
    ensureHome(settings.home);
    const stamp = new Date(systemClock.now()).toISOString().replace(/[:.]/g, "-");
    const target = file ?? join(settings.home.backupsDir, `gitnotify-${stamp}.db`);
    if (existsSync(target))
      throw new CliError(exitCode.failed, `${target} exists already`, "Name another file.");
    await store.raw.backup(target);
    const output = createOutput(context);
    await output.data({ file: target }, () => output.line(target));
  });
}

/** The copy is opened and checked first: a bad one must not replace anything. What is there now is kept, every time anew. */
async function restore(context: CliContext, file: string): Promise<void> {
  const home = toHome(context);
  if (!existsSync(file))
    throw new CliError(exitCode.failed, `there is no file ${file}`, "`gitnotify db backup` writes one.");
  const { ensureHome } = await import("../../config/home.js");
  ensureHome(home);
  let unlock: (() => void) | null = null;
  const incoming = `${home.databaseFile}.incoming`;
  try {
    unlock = await takeDaemonLock(home.stateDir, process.pid);
    await takeIn(file, incoming);
    const kept = await keepAside(home.databaseFile);
    await rename(incoming, home.databaseFile);
    const output = createOutput(context);
    const before = kept === null ? "" : ` What was there before: ${kept}`;
    await output.data({ file: home.databaseFile, from: file, before: kept }, () =>
      output.line(`${home.databaseFile} is restored from ${file}.${before}`),
    );
  } catch (error) {
    throw await toCliError(error);
  } finally {
    for (const suffix of ["", "-wal", "-shm", ".made"]) await rm(incoming + suffix, { force: true });
    unlock?.();
  }
}

/** One whole file of this version from a copy, which may have its last changes in a `-wal` beside it. */
async function takeIn(file: string, incoming: string): Promise<void> {
  const { DatabaseError, openDatabase, schemaVersion } = await import("../../store/database.js");
  const refuse = (reason: string) => new CliError(exitCode.failed, `${file} ${reason}`, "Use another copy.");
  await copyFile(file, incoming);
  if (existsSync(`${file}-wal`)) await copyFile(`${file}-wal`, `${incoming}-wal`);
  try {
    const unchanged = await openDatabase(incoming, { readOnly: true });
    const version = schemaVersion(unchanged.raw);
    // A database that was only asked through `raw` is closed by `raw` alone: kysely has not begun yet, and ends nothing.
    unchanged.raw.close();
    if (version === 0) throw refuse("is no copy of a gitnotify database.");
    const { raw, close } = await openDatabase(incoming);
    const answer = String(raw.pragma("quick_check", { simple: true }));
    await close();
    raw.close();
    if (answer !== "ok") throw refuse(`is damaged: ${answer}`);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (error.code === "newer") throw refuse("was written by a newer gitnotify.");
    if (error.code === "corrupt") throw refuse("is damaged.");
    if (error.code === "not_a_database") throw refuse("is no copy of a gitnotify database.");
    throw error;
  }
}

/** The database with its `-wal`, in which its last changes may be, under a name that nothing has yet. */
async function keepAside(databaseFile: string): Promise<string | null> {
  if (!existsSync(databaseFile)) return null;
  const stamp = new Date(systemClock.now()).toISOString().replace(/[:.]/g, "-");
  const kept = `${databaseFile}.before-restore-${stamp}`;
  if (existsSync(`${databaseFile}-wal`)) await rename(`${databaseFile}-wal`, `${kept}-wal`);
  await rm(`${databaseFile}-shm`, { force: true });
  await rename(databaseFile, kept);
  return kept;
}

async function check(context: CliContext): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ settings, store }) => {
    if (store === null) throw noDatabase(settings.home.databaseFile);
    const { schemaVersion } = await import("../../store/database.js");
    const { verifyAudit } = await import("../../store/audit.js");
    const { sayAudit } = await import("../doctor/audit.js");
    const answer = String(store.raw.pragma("quick_check", { simple: true }));
    const changedRow = await verifyAudit(store.db);
    const report = {
      file: settings.home.databaseFile,
      version: schemaVersion(store.raw),
      whole: answer === "ok",
      changedAuditRow: changedRow,
    };
    await output.data(report, () => {
      output.line(`${report.file}: schema version ${report.version}, ${report.whole ? "whole" : answer}`);
      output.line(sayAudit(changedRow));
    });
    if (!report.whole || changedRow !== null)
      throw new CliError(
        exitCode.failed,
        "the database is not as it should be",
        "Restore a backup with `gitnotify db restore FILE`.",
      );
  });
}
