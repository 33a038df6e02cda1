export interface NaiveItem {
  repository: string;
  /** `pull`, `run`, `comment`, or the type of a repository event. */
  what: string;
  id: number | string;
  /** ISO instant. */
  at: string;
}

export function createNaivePoller(options: {
  apiUrl: string;
  token: string;
  repositories: readonly string[];
  now: () => number;
  send: (item: NaiveItem) => void;
  log?: (line: string) => void;
}): { round(): Promise<void> };
