/**
 * The candidate that `word` most likely stands for, or undefined when none is near. Upper and lower case are the same;
 * one slip is forgiven in a short word and about one in every three letters of a longer one.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  if (wanted.length === 0 || wanted.length > longestWord) return undefined;
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    // A swap of every letter is not a slip: "x" is not near "y".
    if (distance > allowed || distance >= candidate.length) continue;
    if (best === undefined || distance < best.distance) best = { candidate, distance };
  }
  return best?.candidate;
}

/** Nobody mistypes a word this long, and the work grows with its length. */
const longestWord = 64;

/**
 * Insertions, deletions, substitutions and swaps of two neighbours that turn one word into the other (optimal string
 * alignment). Swaps count once because they are the commonest slip.
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substitution = (last[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const insertion = (current[column - 1] ?? 0) + 1;
      const deletion = (last[column] ?? 0) + 1;
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swap = swapped ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity;
      current.push(Math.min(substitution, insertion, deletion, swap));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
