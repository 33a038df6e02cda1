import type { CommandNode } from "../command-tree.js";
import { toCompletions, type Place, type Word } from "./words.js";

/** Works with bash 3.2 (macOS) and without the package bash-completion. */
export function renderBash(tree: CommandNode): string {
  const { places, commands, valued } = toCompletions(tree);
  return `# bash completion for gitnotify
_gitnotify() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" place="" index word words
  COMPREPLY=()
  case "$prev" in
${valued.map((word) => `    ${word.text}) ${toValue(word)}; return ;;`).join("\n")}
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "\${place:+$place }$word" in
${commands.map((command) => `      "${command}") place="${command}" ;;`).join("\n")}
    esac
  done
  case "$place" in
${places.map((place) => `    ${toCase(place)}`).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _gitnotify gitnotify
`;
}

function toCase({ path, words }: Place): string {
  return `"${path.join(" ")}") words="${words.map(({ text }) => text).join(" ")}" ;;`;
}

/** Values that are not listed may be files: those are what `-o default` completes. */
function toValue({ value }: Word): string {
  const choices = value?.choices ?? [];
  return choices.length === 0 ? ":" : `COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$cur"))`;
}
