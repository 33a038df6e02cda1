export interface Happening {
  repository: string;
  kind: string;
  subject: string;
  /** Epoch milliseconds. */
  at: number;
}

export interface SeenEvent {
  repository: string;
  kind: string;
  subject: string;
  /** Epoch milliseconds. */
  seenAt: number;
}

export function matchStored(
  expected: readonly Happening[],
  stored: readonly SeenEvent[],
): {
  made: number;
  lost: Happening[];
  twice: SeenEvent[];
  /** Seconds. */
  delays: { p50: number; p95: number; max: number };
};

export function countUntold(
  expected: readonly Happening[],
  told: ReadonlyArray<{ repository: string; what: string; id: number | string; at: string }>,
): number;
