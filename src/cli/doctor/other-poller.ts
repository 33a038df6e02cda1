import type { TelegramApi } from "../../channels/telegram/api.js";
import { isFailure } from "../../domain/failure.js";

/** Long enough for the other one to come back after it was interrupted: Telegram delays its refusal by three seconds. */
const listenS = 8;

/**
 * Whether another program fetches this bot's updates. Telegram gives the updates to whoever asked last and refuses the one
 * before, so that a short question always succeeds and only interrupts the other; the other one's return is what tells. Because
 * it interrupts, nobody is asked without being told to. Offset 0 confirms nothing, so that no update is lost. Source: `Client.cpp` of
 * tdlib/telegram-bot-api, `abort_long_poll` and `fail_query_conflict`.
 */
export async function findOtherPoller(
  api: Pick<TelegramApi, "getUpdates">,
  { signal }: { signal: AbortSignal },
): Promise<boolean> {
  try {
    // Something that waits answers at once: then nobody fetches, or it would be gone.
    await api.getUpdates({ offset: 0, limit: 1, timeoutS: listenS }, signal);
    return false;
  } catch (error) {
    if (isFailure(error) && error.code === "other_poller") return true;
    throw error;
  }
}
