/** What a member can have done on a platform. */
export const actionVerbs = ["retry", "retry_failed", "cancel", "approve", "merge"] as const;

export type ActionVerb = (typeof actionVerbs)[number];

/** `sha` is the head that the person saw; the platform refuses when the head has moved on. */
export type Action =
  | { verb: "retry" | "retry_failed" | "cancel"; projectPath: string; projectId: string; pipelineId: string }
  | { verb: "approve" | "merge"; projectPath: string; projectId: string; number: number; sha: string };

export interface ActionResult {
  /** `done`: carried out now. `already`: it was so before. */
  outcome: "done" | "already";
  /** One sentence in English for logs and audit; what people read is made from `outcome` and the verb. */
  note: string;
}
