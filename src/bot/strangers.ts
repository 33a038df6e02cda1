import { greetStranger, mayGuideStranger } from "../operations/members.js";
import { isUnowned } from "../operations/pairing.js";
import type { CommandContext } from "./command.js";
import { type Content, lines } from "./content.js";

/**
 * What somebody hears whom the daemon does not know, or null. `triedCode`: they sent a pairing code, and it was not right. In groups
 * nothing: the others there are no strangers to each other.
 */
export async function answerStranger(
  context: CommandContext,
  { triedCode }: { triedCode: boolean },
): Promise<Content | null> {
  const { operations, translate, from } = context;
  if (context.chat.kind !== "private") return null;
  if (!(await isUnowned(operations))) {
    if (!(await greetStranger(operations, from.id))) return null;
    return { text: lines(translate("bot.stranger", { id: from.id })) };
  }
  if (!(await mayGuideStranger(operations, from.id))) return null;
  return {
    text: triedCode
      ? lines(translate("bot.pair.wrong"), translate("bot.pair.how"))
      : lines(translate("bot.pair.unowned"), translate("bot.pair.how")),
  };
}
