/** The figure in the middle and how far the others lie apart: one run of anything proves little. */
export function summarize(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: percentile(sorted, 0.5),
    min: sorted[0] ?? NaN,
    max: sorted.at(-1) ?? NaN,
    count: sorted.length,
  };
}

/** `sorted` rises; `share` is in [0, 1]. Between two values it takes the mean of them in proportion. */
export function percentile(sorted, share) {
  if (sorted.length === 0) return NaN;
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  return below + (above - below) * (place - Math.floor(place));
}

export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
