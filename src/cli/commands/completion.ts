import { Argument, type Command } from "commander";
import { shells } from "../completion/index.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput } from "../output.js";

export function register(command: Command, context: CliContext): void {
  const how = shells.map(({ id, install }) => `  ${id.padEnd(12)}${install}`).join("\n");
  command
    .description("print a script that makes your shell complete commands and options with the Tab key")
    .addArgument(new Argument("[shell]", "your shell").choices(shells.map(({ id }) => id)))
    .addHelpText(
      "after",
      `\nTo have it in every new shell:\n${how}\n\nExample:\n  source <(gitnotify completion bash)`,
    )
    .action((id?: string) => print(context, id));
}

async function print(context: CliContext, id: string | undefined): Promise<void> {
  const shell = shells.find((one) => one.id === id);
  if (shell === undefined) {
    const names = shells.map((one) => one.id).join(", ");
    throw new CliError(exitCode.usage, `for which shell? There are: ${names}`, "gitnotify completion bash");
  }
  const tree = await context.commandTree();
  const script = shell.render(tree).trimEnd();
  const output = createOutput(context);
  await output.data({ shell: shell.id, script }, () => output.line(script));
}
