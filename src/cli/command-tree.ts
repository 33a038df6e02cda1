import type { Command, Option } from "commander";

/** One command as its help tells it: for completions, the manual page and the documents. */
export interface CommandNode {
  /** The words behind `gitnotify`: `["subscriptions", "add"]`; empty for the program itself. */
  path: readonly string[];
  description: string;
  /** As behind `Usage:`. */
  usage: string;
  options: readonly OptionNode[];
  arguments: readonly ArgumentNode[];
  /** What stands at the end of the help: notes and examples. */
  notes: string;
  commands: readonly CommandNode[];
}

export interface OptionNode {
  /** As written in the help: `-n, --lines <count>`. */
  flags: string;
  /** `-n` */
  short: string | undefined;
  /** `--lines` */
  long: string | undefined;
  description: string;
  takesValue: boolean;
  /** The only values that are taken; empty: any. */
  choices: readonly string[];
}

export interface ArgumentNode {
  name: string;
  description: string;
  choices: readonly string[];
}

/** Reads a command and everything below it. Every command must be registered already. */
export function toCommandNode(command: Command, path: readonly string[] = []): CommandNode {
  const help = command.createHelp();
  return {
    path,
    description: command.description(),
    usage: help.commandUsage(command),
    options: help
      .visibleOptions(command)
      .map((option) => toOptionNode(option, help.optionDescription(option))),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: help.argumentDescription(argument),
      choices: argument.argChoices ?? [],
    })),
    notes: readNotes(command),
    // commander adds `help` to what has commands below it: `--help` says the same.
    commands: command.commands.map((one) => toCommandNode(one, [...path, one.name()])),
  };
}

function toOptionNode(option: Option, description: string): OptionNode {
  return {
    flags: option.flags,
    short: option.short,
    long: option.long,
    description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  };
}

/** commander keeps what `addHelpText` was given in listeners: the whole help less the part before them is what they print. */
function readNotes(command: Command): string {
  const written: string[] = [];
  const output = command.configureOutput();
  command.configureOutput({ writeOut: (text) => written.push(text) });
  command.outputHelp();
  command.configureOutput(output);
  const help = written.join("");
  return help.slice(command.helpInformation().length).trim();
}
