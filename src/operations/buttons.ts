import type { Button } from "../domain/notification.js";
import {
  type ButtonOwner,
  issueButtons,
  type Press,
  readPress,
  spendPress,
  type WantedButton,
} from "../store/buttons.js";
import type { OperationContext } from "./context.js";

export type { Press, WantedButton };

/** Buttons for a message that is about to be sent. */
export function makeButtons(
  context: OperationContext,
  rows: ReadonlyArray<readonly WantedButton[]>,
  owner: ButtonOwner,
): Promise<Button[][]> {
  return issueButtons(context.db, rows, {
    ...owner,
    now: context.clock.now(),
    randomText: context.randomText,
  });
}

export function lookAtPress(
  context: OperationContext,
  press: { nonce: string; chat: string; person: string; by: string },
): Promise<Press> {
  return readPress(context.db, { ...press, now: context.clock.now() });
}

export function usePress(context: OperationContext, press: { nonce: string; by: string }): Promise<boolean> {
  return spendPress(context.db, { ...press, now: context.clock.now() });
}
