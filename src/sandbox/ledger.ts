import type { Exchange, Reply } from "./server.js";

export interface LedgerEntry {
  at: number;
  exchange: Exchange;
  reply: Reply;
  /** Body bytes sent. */
  bytes: number;
  fault?: string | undefined;
}

/** Everything that a sandbox server was asked and answered, in order. */
export class Ledger {
  entries: LedgerEntry[] = [];

  add(entry: LedgerEntry): void {
    this.entries.push(entry);
  }

  clear(): void {
    this.entries = [];
  }

  /** `match` is tried on `METHOD /path`. */
  count(match: RegExp): number {
    return this.entries.filter((entry) => match.test(`${entry.exchange.method} ${entry.exchange.path}`))
      .length;
  }

  totals(): { requests: number; cost: number; bytes: number } {
    return this.entries.reduce(
      (sum, entry) => ({
        requests: sum.requests + 1,
        cost: sum.cost + (entry.reply.cost ?? 0),
        bytes: sum.bytes + entry.bytes,
      }),
      { requests: 0, cost: 0, bytes: 0 },
    );
  }
}
