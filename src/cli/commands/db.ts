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

async function migrate(context: CliContext): Promise<void> {
  const { ensureHome } = await import("../../config/home.js");
  const { openDatabase, schemaVersion } = await import("../../store/database.js");
  const home = toHome(context);
  ensureHome(home);
  try {
    const { raw, close } = await openDatabase(home.databaseFile);
    const version = schemaVersion(raw);
    await close();
    createOutput(context).line(`${home.databaseFile} has schema version ${version}.`);
  } catch (error) {
    throw await toCliError(error);
  }
}

async function backup(context: CliContext, file: string | undefined): Promise<void> {
  await withStore(context, async ({ settings, store }) => {
    if (store === null) throw new CliError(exitCode.failed, "There is no database in this home yet.");
    const { ensureHome } = await import("../../config/home.js");
    ensureHome(settings.home);
    const stamp = new Date(systemClock.now()).toISOString().replace(/[:.]/g, "-");
    const target = file ?? join(settings.home.backupsDir, `gitnotify-${stamp}.db`);
    if (existsSync(target))
      throw new CliError(exitCode.failed, `${target} exists already.`, "Name another file.");
    await store.raw.backup(target);
    createOutput(context).line(target);
  });
}

/** The copy is opened and checked first: a bad one must not replace anything. */
async function restore(context: CliContext, file: string): Promise<void> {
  const home = toHome(context);
  if (!existsSync(file)) throw new CliError(exitCode.failed, `There is no file ${file}.`);
  const { ensureHome } = await import("../../config/home.js");
  ensureHome(home);
  let unlock: (() => void) | null = null;
  try {
    unlock = await takeDaemonLock(home.stateDir, process.pid);
    const incoming = `${home.databaseFile}.incoming`;
    await copyFile(file, incoming);
    await checkWhole(incoming);
    const kept = `${home.databaseFile}.before-restore`;
    for (const suffix of ["-wal", "-shm"]) await rm(home.databaseFile + suffix, { force: true });
    if (existsSync(home.databaseFile)) await rename(home.databaseFile, kept);
    await rename(incoming, home.databaseFile);
    await rm(`${incoming}.made`, { force: true });
    createOutput(context).line(
      `${home.databaseFile} is restored from ${file}. What was there before: ${kept}`,
    );
  } catch (error) {
    throw await toCliError(error);
  } finally {
    unlock?.();
  }
}

async function checkWhole(file: string): Promise<void> {
  const { openDatabase } = await import("../../store/database.js");
  const { raw, close } = await openDatabase(file);
  const answer = String(raw.pragma("quick_check", { simple: true }));
  await close();
  for (const suffix of ["-wal", "-shm"]) await rm(file + suffix, { force: true });
  if (answer !== "ok")
    throw new CliError(exitCode.failed, `${file} is damaged: ${answer}`, "Use another copy.");
}

async function check(context: CliContext): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ settings, store }) => {
    if (store === null) throw new CliError(exitCode.failed, "There is no database in this home yet.");
    const { schemaVersion } = await import("../../store/database.js");
    const { verifyAudit } = await import("../../store/audit.js");
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
      output.line(
        changedRow === null ? "audit: unbroken" : `audit: row ${changedRow} is not what was written`,
      );
    });
    if (!report.whole || changedRow !== null)
      throw new CliError(
        exitCode.failed,
        "The database is not as it should be.",
        "Restore a backup with `gitnotify db restore FILE`.",
      );
  });
}
