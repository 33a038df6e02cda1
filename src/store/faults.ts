/**
 * What stands between the daemon and its database, as far as it is no defect:
 *
 * - `busy`       another program holds it for longer than a statement waits: try again soon.
 * - `full`       the disk has no room: nothing is stored, nothing is lost, and it goes on when there is room.
 * - `read_only`  the disk or the file may not be written, or cannot be.
 * - `damaged`    the file is not what SQLite wrote: writing on would make it worse.
 */
export type StoreFault = "busy" | "full" | "read_only" | "damaged";

/** By the beginning of the code. A write that the system refuses is mostly a disk without room, or one that goes. */
const faultOf: ReadonlyArray<readonly [code: RegExp, fault: StoreFault]> = [
  [/^SQLITE_(BUSY|LOCKED)/, "busy"],
  [/^(SQLITE_FULL|SQLITE_IOERR_(WRITE|FSYNC|SHMSIZE|SHMMAP)|ENOSPC|EDQUOT)$/, "full"],
  [/^(SQLITE_READONLY|EROFS$|EACCES$|EPERM$)/, "read_only"],
  [/^(SQLITE_CORRUPT|SQLITE_NOTADB)/, "damaged"],
];

/** null: none of these. */
export function toStoreFault(error: unknown): StoreFault | null {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return faultOf.find(([pattern]) => pattern.test(code))?.[1] ?? null;
}

/** Another program holds the database: what could not be done is worth another try in a moment. */
export function isBusy(error: unknown): boolean {
  return toStoreFault(error) === "busy";
}

/** What is wrong with the database or its disk while it is open. */
export interface StoreTrouble {
  what: Exclude<StoreFault, "busy">;
  message: string;
}

export interface StoreHealth {
  /** null: nothing is wrong. */
  trouble(): StoreTrouble | null;
  /** Hears when something goes wrong, and with null when it is over. Returns how to stop hearing. */
  listen(hear: (trouble: StoreTrouble | null) => void): () => void;
}

export interface HealthRecord extends StoreHealth {
  /** Of every statement that failed. */
  failed(error: unknown): void;
  /** Of every statement that went well. */
  went(statement: string): void;
}

export function createHealthRecord(): HealthRecord {
  let trouble: StoreTrouble | null = null;
  const listeners = new Set<(trouble: StoreTrouble | null) => void>();
  const change = (next: StoreTrouble | null) => {
    trouble = next;
    for (const hear of listeners) hear(next);
  };
  return {
    trouble: () => trouble,
    listen: (hear) => {
      listeners.add(hear);
      return () => void listeners.delete(hear);
    },
    failed: (error) => {
      const what = toStoreFault(error);
      // A damaged file does not become whole by an error of another kind.
      if (what === null || what === "busy" || trouble?.what === what || trouble?.what === "damaged") return;
      change({ what, message: error instanceof Error ? error.message : String(error) });
    },
    went: (statement) => {
      // Reading goes well on a full disk too, and a transaction is stored only with its end.
      if (trouble === null || trouble.what === "damaged" || statement !== "commit") return;
      change(null);
    },
  };
}
