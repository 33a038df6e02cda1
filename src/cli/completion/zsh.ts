import type { CommandNode } from "../command-tree.js";
import { toCompletions, type Place, type Word } from "./words.js";

/** One function for fpath; it may also be sourced. `path` and `words` mean something of their own to zsh. */
export function renderZsh(tree: CommandNode): string {
  const { places, commands, valued } = toCompletions(tree);
  return `#compdef gitnotify
_gitnotify() {
  local place="" word
  local -a answers
  case "\${words[CURRENT-1]}" in
${valued.map((word) => `    ${word.text}) ${toValue(word)}; return ;;`).join("\n")}
  esac
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${place:+$place }$word" in
${commands.map((command) => `      "${command}") place="${command}" ;;`).join("\n")}
    esac
  done
  case "$place" in
${places.map((one) => `    ${toCase(one)}`).join("\n")}
  esac
  _describe 'gitnotify' answers || _files
}
if [ "$funcstack[1]" = "_gitnotify" ]; then _gitnotify; else compdef _gitnotify gitnotify; fi
`;
}

function toCase({ path, words }: Place): string {
  return `"${path.join(" ")}") answers=(${words.map(toAnswer).join(" ")}) ;;`;
}

function toAnswer({ text, about }: Word): string {
  return quote(`${text.replaceAll(":", "\\:")}:${about}`);
}

function toValue({ value }: Word): string {
  const choices = value?.choices ?? [];
  return choices.length === 0 ? "_files" : `compadd ${choices.join(" ")}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
