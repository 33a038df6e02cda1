import type { ToldFailure } from "./failure.js";

/** A project pattern, or a whole connection, that cannot be followed as it was asked for. The others are. */
export interface PlanProblem {
  /** The pattern, or the connection's id. */
  where: string;
  failure: ToldFailure;
}

/** For the log and the command line. */
export function describePlanProblem({ where, failure }: PlanProblem): string {
  const { message, remedy } = failure;
  return `${where}: ${message}${remedy === undefined ? "" : ` ${remedy}`}`;
}
