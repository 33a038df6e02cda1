const dayMs = 86_400_000;

/**
 * The day before an instant, as `after` of the events API wants it: that parameter is a date and leaves its own day out, so
 * to see today's events one names yesterday (api-facts 2.9). Two days, because the instance's day may differ from UTC's.
 */
export function toDayBefore(instant: string | undefined): string | undefined {
  if (instant === undefined) return undefined;
  return new Date(Date.parse(instant) - 2 * dayMs).toISOString().slice(0, 10);
}
