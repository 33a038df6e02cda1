import type SqliteDatabase from "better-sqlite3";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export type SqliteConstructor = typeof SqliteDatabase;

/** SQLite does not run on this Node as gitnotify was installed. No file was touched. */
class SqliteDriverError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = "SqliteDriverError";
    this.remedy = remedy;
  }
}

/**
 * better-sqlite3, with its native part loaded: after a change of Node it is another Node's, and where npm ran no scripts it is
 * absent. Rejects with `SqliteDriverError`.
 */
export async function loadSqlite(): Promise<SqliteConstructor> {
  await refuseWrongPair();
  const Sqlite = (await import("better-sqlite3")).default;
  try {
    new Sqlite(":memory:").close();
  } catch (error) {
    throw toDriverError(error);
  }
  return Sqlite;
}

/** better-sqlite3 13 needs Node-API 10; on Node 20 it loads and then takes the whole process down (stack.md). */
async function refuseWrongPair(): Promise<void> {
  const { createRequire } = await import("node:module");
  const { version } = createRequire(import.meta.url)("better-sqlite3/package.json") as { version: string };
  if (Number(version.split(".")[0]) < 13 || Number(process.versions.napi) >= 10) return;
  throw new SqliteDriverError(
    `better-sqlite3 ${version} does not run on Node ${process.versions.node}.`,
    "Run `npm install` again with this Node: it then picks version 12.",
  );
}

/** A folder of sources: there is nothing that npm could install globally again. */
function isCheckout(): boolean {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return existsSync(join(folder, "package.json")) && existsSync(join(folder, "src"));
}

function toDriverError(error: unknown): SqliteDriverError {
  const message = error instanceof Error ? error.message : String(error);
  const isOfAnotherNode = /NODE_MODULE_VERSION|did not self-register/.test(message);
  const what = isOfAnotherNode
    ? `The database module does not fit this Node (${process.versions.node}): gitnotify was installed with another one.`
    : `The database module better-sqlite3 does not load: ${message.split("\n")[0] ?? ""}`;
  if (isCheckout()) {
    return new SqliteDriverError(
      what,
      "In this checkout, run `npm install --no-package-lock` with this Node.",
    );
  }
  return new SqliteDriverError(
    what,
    "Install gitnotify again with this Node: `npm install --global gitnotify`. Where it runs as a service, then `gitnotify service install`.",
  );
}
