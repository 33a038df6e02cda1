import type { CommandNode } from "../command-tree.js";
import { toCompletions, type Word } from "./words.js";

export function renderPowerShell(tree: CommandNode): string {
  const { places } = toCompletions(tree);
  return `# PowerShell completion for gitnotify
Register-ArgumentCompleter -Native -CommandName gitnotify -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $places = @{
${places.map(({ path, words }) => `    ${quote(path.join(" "))} = @(${words.map(toAnswer).join(", ")})`).join("\n")}
  }
  $path = ''
  $before = $commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition }
  foreach ($word in $before) {
    $longer = "$path $word".Trim()
    if ($places.ContainsKey($longer)) { $path = $longer }
  }
  $places[$path] | Where-Object { $_.Text -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_.Text, $_.Text, 'ParameterValue', $_.About)
  }
}
`;
}

function toAnswer({ text, about }: Word): string {
  return `@{ Text = ${quote(text)}; About = ${quote(about === "" ? text : about)} }`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
