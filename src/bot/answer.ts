import type { FailureCode } from "../domain/failure-code.js";
import { isFailure } from "../domain/failure.js";
import { sayFailure } from "../i18n/failures.js";
import type { Log } from "../lib/log.js";
import { describeFailure } from "./act.js";
import type { BotEnvironment, CommandContext } from "./command.js";
import { type Content, lines } from "./content.js";
import type { Speech } from "./speech.js";

export interface BotDependencies extends BotEnvironment {
  speech: Speech;
  log: Log;
}

/** Nothing was tried: the words of the command name nothing that it can work on. */
const ofTheWords: readonly FailureCode[] = [
  ...(["which_pipeline", "which_merge_request", "not_a_pipeline", "not_a_merge_request"] as const),
  ...(["unreadable_target", "unknown_connection"] as const),
];

/** A failure that can be told is an answer; anything else is tried again by the update loop. */
export async function runSafely(
  context: CommandContext,
  what: string,
  run: () => Promise<Content | null>,
): Promise<Content | null> {
  try {
    return await run();
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (error.code !== undefined && ofTheWords.includes(error.code)) {
      const { reason, remedy } = sayFailure(context.translate, error);
      return { text: lines(reason, remedy) };
    }
    return { text: describeFailure(context.translate, { what, failure: error }) };
  }
}
