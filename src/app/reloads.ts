/** Requests to read the settings again. Any number that comes while one is under way is one more. */
export interface Reloads {
  ask(): void;
  /** Resolves when there is a request, and takes it. */
  next(): Promise<void>;
}

export function createReloads(): Reloads {
  let isAsked = false;
  let hear: (() => void) | null = null;
  return {
    ask: () => {
      isAsked = true;
      hear?.();
    },
    next: async () => {
      if (!isAsked) await new Promise<void>((resolve) => (hear = resolve));
      hear = null;
      isAsked = false;
    },
  };
}
