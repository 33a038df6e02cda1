import type { CommandNode } from "../command-tree.js";
import { toCompletions, type Place, type Word } from "./words.js";

export function renderFish(tree: CommandNode): string {
  const { places, commands } = toCompletions(tree);
  return `# fish completion for gitnotify
function __gitnotify_path
  set -l path ""
  for word in (commandline -opc)[2..-1]
    switch (string trim -- "$path $word")
      case ${commands.map((command) => quote(command)).join(" ")}
        set path (string trim -- "$path $word")
    end
  end
  echo $path
end
complete -c gitnotify -f
${places.flatMap(toLines).join("\n")}
`;
}

function toLines({ path, words }: Place): string[] {
  const condition = `-n ${quote(`test (__gitnotify_path) = ${quote(path.join(" "))}`)}`;
  return words.map((word) => `complete -c gitnotify ${condition} ${toWhat(word)} -d ${quote(word.about)}`);
}

function toWhat({ text, value }: Word): string {
  const values =
    value === undefined
      ? ""
      : value.choices.length === 0
        ? " -r -F"
        : ` -x -a ${quote(value.choices.join(" "))}`;
  if (text.startsWith("--")) return `-l ${text.slice(2)}${values}`;
  if (text.startsWith("-")) return `-s ${text.slice(1)}${values}`;
  return `-a ${quote(text)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
