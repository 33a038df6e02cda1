import { validate } from "node-cron";
import { plainPeriodMs } from "../lib/rhythm.js";

export interface CronProblem {
  message: string;
  suggestion?: string;
}

/** Field names from the right: an expression of five fields has no seconds. */
const fieldsFromRight = ["day of week", "month", "day of month", "hour", "minute", "second"];

/** How many values a field counts through before it starts again. Days of a month are left out: months differ. */
const cycles: Record<string, number> = { month: 12, hour: 24, minute: 60, second: 60 };

/**
 * What is wrong with a cron expression of five or six fields, or undefined. Besides what node-cron refuses, steps that do
 * not divide their field are refused: node-cron takes a step of 90 seconds and then fires once a minute, and a step of
 * 45 fires after 45 seconds and again after 15.
 */
export function findCronProblem(expression: string): CronProblem | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) {
    return {
      message: `a cron expression has five fields, or six with seconds first, and this has ${fields.length}`,
    };
  }
  for (const [index, field] of fields.entries()) {
    const problem = findStepProblem(fields, index, field);
    if (problem !== undefined) return problem;
  }
  if (plainPeriodMs(expression) !== undefined || isValid(expression.trim())) return undefined;
  return { message: "this is not a cron expression that node-cron understands, like */30 * * * * *" };
}

function findStepProblem(fields: string[], index: number, field: string): CronProblem | undefined {
  const name = fieldsFromRight[fields.length - 1 - index] ?? "";
  const cycle = cycles[name];
  const step = /^(\*|0-(?:59|23))\/(\d+)$/.exec(field);
  if (cycle === undefined || step === null) return undefined;
  const wanted = Number(step[2]);
  if (wanted >= 1 && wanted < cycle && cycle % wanted === 0) return undefined;
  const fine = nearestDivisor(wanted, cycle);
  return {
    message: `a step of ${wanted} does not divide the ${cycle} ${name}s evenly, so that it would not come every ${wanted} ${name}s`,
    suggestion: fields.with(index, `${step[1]}/${fine}`).join(" "),
  };
}

function nearestDivisor(wanted: number, cycle: number): number {
  let best = 1;
  for (let candidate = 1; candidate < cycle; candidate++) {
    if (cycle % candidate === 0 && Math.abs(candidate - wanted) <= Math.abs(best - wanted)) best = candidate;
  }
  return best;
}

/** node-cron's own check throws on some malformed fields. */
function isValid(expression: string): boolean {
  try {
    return validate(expression);
  } catch {
    return false;
  }
}
