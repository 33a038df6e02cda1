export interface QuotaCount {
  requests: number;
  /** Answers 304. */
  unchanged: number;
  /** Points of the REST quota. */
  core: number;
  /** Points of the GraphQL quota. */
  graphql: number;
  /** Both together. */
  cost: number;
  bytes: number;
}

export interface QuotaReport extends QuotaCount {
  operations: Record<string, QuotaCount>;
}

export function countQuota(
  entries: ReadonlyArray<{
    reply: { status: number; who?: string; cost?: number; operation?: string };
    bytes: number;
  }>,
  login: string,
): QuotaReport;

export function addCounts(counts: readonly QuotaReport[]): QuotaReport;
