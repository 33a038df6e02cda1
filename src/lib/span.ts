export interface Span {
  value: number;
  unit: "s" | "min" | "h" | "d";
}

/** A length of time as people say it, in one unit; below zero counts as none. */
export function toSpanParts(ms: number): Span {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return { value: seconds, unit: "s" };
  if (seconds < 5400) return { value: Math.round(seconds / 60), unit: "min" };
  if (seconds < 129_600) return { value: Math.round(seconds / 3600), unit: "h" };
  return { value: Math.round(seconds / 86_400), unit: "d" };
}
