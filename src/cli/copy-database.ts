import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CliContext } from "./context.js";
import { toHome } from "./settings.js";

/** A copy of the home's database in a folder of its own, for work that must leave no trace. */
export async function copyDatabase(
  context: CliContext,
): Promise<{ databaseFile: string; dispose: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-rehearsal-"));
  const databaseFile = join(folder, "gitnotify.db");
  const { databaseFile: source } = toHome(context);
  if (existsSync(source)) {
    const { openDatabase } = await import("../store/database.js");
    const { raw, close } = await openDatabase(source);
    await raw.backup(databaseFile);
    await close();
  }
  return { databaseFile, dispose: async () => rmSync(folder, { recursive: true, force: true }) };
}
