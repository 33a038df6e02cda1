import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/store/database.js";
import { migrations } from "../../src/store/migrations/index.js";

const schemas = fileURLToPath(new URL("schemas", import.meta.url));
const files = readdirSync(schemas).sort();
let folder = "";

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "gitnotify-schemas-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Table by table: how many rows, and what the columns that the old schema knew hold. */
function readRows(raw: Sqlite.Database, columnsOf: ReadonlyMap<string, readonly string[]>) {
  return [...columnsOf].map(([table, columns]) => {
    const list = columns.map((column) => `"${column}"`).join(", ");
    return { table, rows: raw.prepare(`select ${list} from "${table}" order by ${list}`).all() };
  });
}

function readColumns(raw: Sqlite.Database): Map<string, string[]> {
  const tables = raw
    .prepare<[], { name: string }>(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'",
    )
    .all();
  const columns = raw.prepare<[string], { name: string }>("select name from pragma_table_info(?)");
  return new Map(tables.map(({ name }) => [name, columns.all(name).map((column) => column.name)]));
}

/** What the database looks like, whichever way it came there. */
function readShape(raw: Sqlite.Database) {
  const indexes = raw
    .prepare(
      "select type, name, tbl_name from sqlite_master where type in ('index', 'trigger') order by name",
    )
    .all();
  return { columns: new Map([...readColumns(raw)].map(([table, names]) => [table, names.sort()])), indexes };
}

describe.each(files)("a home of the schema %s", (file) => {
  it("is brought to today's schema with every row as it was", async () => {
    const path = join(folder, "gitnotify.db");
    const old = new Sqlite(path);
    old.exec(readFileSync(join(schemas, file), "utf8"));
    const known = readColumns(old);
    const before = readRows(old, known);
    expect(old.pragma("user_version", { simple: true })).toBe(Number.parseInt(file, 10));
    old.close();
    const opened = await openDatabase(path);
    const fresh = await openDatabase(join(folder, "fresh.db"));
    expect(readRows(opened.raw, known)).toEqual(before);
    expect(readShape(opened.raw)).toEqual(readShape(fresh.raw));
    expect(opened.raw.pragma("user_version", { simple: true })).toBe(migrations.length);
    expect(opened.raw.pragma("foreign_key_check")).toEqual([]);
    await opened.close();
    await fresh.close();
  });
});

it("has a home of every schema before today's, so that none is left behind", () => {
  expect(files.map((file) => Number.parseInt(file, 10))).toEqual(
    Array.from({ length: migrations.length - 1 }, (_, index) => index + 1),
  );
});
