import { renderNotice } from "../delivery/card/index.js";
import type { FailureCode } from "../domain/failure-code.js";
import type { ToldFailure } from "../domain/failure.js";
import { type DatabaseError, toDatabaseError } from "../store/sqlite.js";
import type { StoreTrouble } from "../store/faults.js";
import { findOwner } from "../store/members.js";
import type { App } from "./app.js";
import { translatorFor } from "./translator.js";
import type { DaemonSigns } from "./vitals.js";

export interface StoreGuard {
  /** Resolves when the database is damaged and the owner was told: nothing more may be written. Never, while it is whole. */
  damaged: Promise<{ error: DatabaseError }>;
  stop(): void;
}

/** A disk that fills and empties again is told once in so long. */
const tellAgainMs = 3_600_000;
/** The daemon does not wait longer for Telegram before it ends. */
const tellLimitMs = 10_000;

const noticeOf = { full: "disk-full", read_only: "disk-read-only", damaged: "database-damaged" } as const;

/** Watches the database while it is open. What is wrong with it cannot go through it: the owner hears of it straight from Telegram. */
export async function guardStore(app: App, signs: DaemonSigns): Promise<StoreGuard> {
  const { db, clock, log, health, databaseFile = "The database" } = app.options;
  // Kept, for a damaged database may not say it any more.
  let owner = (await findOwner(db).catch(() => null))?.id ?? app.options.config.telegram.owner ?? null;
  let toldAt: number | null = null;
  let end: (damage: { error: DatabaseError }) => void = () => {};
  const damaged = new Promise<{ error: DatabaseError }>((resolve) => (end = resolve));

  async function hear(trouble: StoreTrouble | null): Promise<void> {
    signs.storeTrouble(trouble === null ? null : toFailure(trouble, databaseFile));
    if (trouble === null) {
      log.info("The database can be written again");
      if (toldAt !== null) await tell(app, owner, "disk-well");
      return;
    }
    log.error("The database cannot be used as it is", { what: trouble.what, reason: trouble.message });
    if (trouble.what === "damaged") {
      await tell(app, owner, noticeOf.damaged);
      return end({ error: toDatabaseError(damage(trouble), databaseFile) });
    }
    if (toldAt !== null && Math.abs(clock.now() - toldAt) < tellAgainMs) return;
    toldAt = clock.now();
    owner = (await findOwner(db).catch(() => null))?.id ?? owner;
    await tell(app, owner, noticeOf[trouble.what]);
  }

  const stop = health?.listen((trouble) => {
    void hear(trouble).catch((error: unknown) =>
      log.error("Trouble with the database was not told", { error }),
    );
  });
  return { damaged, stop: () => stop?.() };
}

function damage({ message }: StoreTrouble): Error {
  return Object.assign(new Error(message), { code: "SQLITE_CORRUPT" });
}

const failureOf = {
  full: "database_full",
  read_only: "database_read_only",
  damaged: "database_damaged",
} as const satisfies Record<StoreTrouble["what"], FailureCode>;

function toFailure(trouble: StoreTrouble, databaseFile: string): ToldFailure {
  const code = { full: "SQLITE_FULL", read_only: "SQLITE_READONLY", damaged: "SQLITE_CORRUPT" }[trouble.what];
  const { message, remedy } = toDatabaseError(
    Object.assign(new Error(trouble.message), { code }),
    databaseFile,
  );
  const told = { kind: "unreachable" as const, code: failureOf[trouble.what], values: {} };
  return { ...told, message, remedy };
}

async function tell({ options, telegram }: App, owner: string | null, name: string): Promise<void> {
  if (owner === null) return;
  const { text } = renderNotice({ name, values: {} }, translatorFor(options.config));
  try {
    await telegram.channel.send(
      { channel: "telegram", chat: owner },
      { text, buttons: [], silent: false },
      { signal: AbortSignal.timeout(tellLimitMs) },
    );
  } catch (error) {
    options.log.warn("The owner could not be told of trouble with the database", { error });
  }
}
