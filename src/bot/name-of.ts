import type { PressedAction } from "../domain/press.js";
import type { CommandContext } from "./command.js";

/** As both platforms show it. */
export const shortSha = (sha: string): string => sha.slice(0, 7);

/** In the spelling that the commands take too: `acme/api#12`, `platform/core!12`, `acme/api@991`. */
export function nameOf(
  { operations }: Pick<CommandContext, "operations">,
  { projectPath, subject }: Pick<PressedAction, "projectPath" | "subject">,
): string {
  const words = operations.connections.get(subject.connectionId)?.platform.words;
  return `${projectPath}${subject.type === "pipeline" ? "@" : (words?.sigil ?? "#")}${subject.id}`;
}
