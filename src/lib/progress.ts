/**
 * Tells a daemon that waits from one that hangs. Whoever works says until when it will be heard of again; who is late is stuck,
 * whatever the rest of the process does.
 */
export interface Progress {
  /** The part will speak again within `ms`: the wait that it begins, or the longest that its work may take. */
  expect(part: string, ms: number): void;
  /** The part is over and owes no further sign. */
  end(part: string): void;
  /** The parts that are late, by name. */
  late(): string[];
}

/** `now` in milliseconds, by default of the clock that stands still while the machine sleeps and that nobody sets. */
export function createProgress(now: () => number = () => performance.now()): Progress {
  const due = new Map<string, number>();
  return {
    expect: (part, ms) => void due.set(part, now() + ms),
    end: (part) => void due.delete(part),
    late: () => [...due].flatMap(([part, at]) => (now() > at ? [part] : [])),
  };
}
