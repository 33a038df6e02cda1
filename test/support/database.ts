import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openDatabase, type OpenDatabase } from "../../src/store/database.js";

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A real database in memory, migrated, closed when the test ends. */
export async function testDatabase(): Promise<OpenDatabase> {
  const opened = await openDatabase(":memory:");
  onTestFinished(() => opened.close());
  return opened;
}
