/** The kinds of source are the keys of `polling` in config.yaml. */
export const sourceKinds = ["inbox", "pipelines", "mergeRequests", "repository", "wiki"] as const;

export type SourceKind = (typeof sourceKinds)[number];

/** One thing that is polled: an account's inbox, or one aspect of one project. */
export interface Source {
  connectionId: string;
  kind: SourceKind;
  /** null for the inbox. */
  projectId: string | null;
}

export function toSourceId(source: Source): string {
  return [source.connectionId, source.kind, source.projectId ?? "-"].join("/");
}

/** How lively a source is: something runs, something moved lately, nothing moved. */
export type Activity = "hot" | "warm" | "cold";
