/** An answer `{ ok: false }` of the Bot API. */
export class BotApiProblem extends Error {
  readonly code: number;
  readonly parameters: ProblemParameters | undefined;

  constructor(code: number, description: string, parameters?: ProblemParameters) {
    super(description);
    this.name = "BotApiProblem";
    this.code = code;
    this.parameters = parameters;
  }
}

export interface ProblemParameters {
  retry_after?: number;
  migrate_to_chat_id?: number;
}

export function badRequest(what: string, parameters?: ProblemParameters): BotApiProblem {
  return new BotApiProblem(400, `Bad Request: ${what}`, parameters);
}

export function forbidden(what: string): BotApiProblem {
  return new BotApiProblem(403, `Forbidden: ${what}`);
}

export function conflict(what: string): BotApiProblem {
  return new BotApiProblem(409, `Conflict: ${what}`);
}
