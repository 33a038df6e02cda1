import { isFailure } from "../domain/failure.js";
import type { Log } from "../lib/log.js";
import { describeFailure } from "./act.js";
import type { BotEnvironment, CommandContext } from "./command.js";
import { type Content, lines } from "./content.js";
import type { Speech } from "./speech.js";

export interface BotDependencies extends BotEnvironment {
  speech: Speech;
  log: Log;
}

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
    if (error.code === "target")
      return { text: lines(error.message, ...(error.remedy === undefined ? [] : [error.remedy])) };
    return { text: describeFailure(context.translate, { what, failure: error }) };
  }
}
