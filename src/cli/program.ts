import { Command, Option } from "commander";
import type { CommandNode } from "./command-tree.js";
import type { CliContext, GlobalOptions } from "./context.js";
import { obeyEarlySignals } from "./early-signals.js";
import { readVersion } from "./version.js";

/** What every file in commands/ exports. */
export interface CommandModule {
  register(command: Command, context: CliContext): void;
}

export interface CommandEntry {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** Called only when this command is asked for: `--help` and `--version` load none. */
  load: () => Promise<CommandModule>;
  /** It listens to signals from its first line on, and is told those that came while it was loaded. */
  hearsSignals?: boolean;
}

/** Every command, in the order of the help. Adding one is one line here and one file in commands/. */
export const commands: readonly CommandEntry[] = [
  {
    name: "init",
    summary: "set everything up, step by step",
    load: () => import("./commands/init.js"),
  },
  {
    name: "start",
    summary: "run in the foreground: poll, deliver, listen",
    load: () => import("./commands/start.js"),
    hearsSignals: true,
  },
  { name: "poll", summary: "one round now, then exit", load: () => import("./commands/poll.js") },
  { name: "status", summary: "how it stands", load: () => import("./commands/status.js") },
  {
    name: "doctor",
    summary: "what is wrong, and the exact remedy",
    load: () => import("./commands/doctor.js"),
  },
  {
    name: "demo",
    summary: "see it work: local servers, no token, no network",
    load: () => import("./commands/demo.js"),
  },
  {
    name: "connections",
    summary: "the GitHub and GitLab instances to watch",
    load: () => import("./commands/connections.js"),
  },
  {
    name: "subscriptions",
    summary: "who gets what",
    load: () => import("./commands/subscriptions.js"),
  },
  {
    name: "deliveries",
    summary: "what is owed, what could not be delivered",
    load: () => import("./commands/deliveries.js"),
  },
  { name: "events", summary: "what happened", load: () => import("./commands/events.js") },
  {
    name: "config",
    summary: "where the settings are, what they are, whether they are right",
    load: () => import("./commands/config.js"),
  },
  {
    name: "service",
    summary: "run at boot or login, without a terminal",
    load: () => import("./commands/service.js"),
  },
  { name: "secrets", summary: "store, list and remove tokens", load: () => import("./commands/secrets.js") },
  {
    name: "db",
    summary: "migrate, back up, restore, check the database",
    load: () => import("./commands/db.js"),
  },
  {
    name: "completion",
    summary: "print what makes your shell complete gitnotify's commands",
    load: () => import("./commands/completion.js"),
  },
];

/** What the program does not know by itself. */
export type ProgramContext = Omit<CliContext, "globals" | "commandTree">;

/** commander's tree over the list. It prints to `context.io` and throws instead of ending the process. */
export function createProgram(context: ProgramContext, entries = commands): Command {
  const program = new Command("gitnotify");
  program
    .description("GitHub and GitLab in your Telegram, from behind NAT.")
    .version(readVersion(), "-V, --version", "print the version")
    .option("--home <dir>", "keep everything in this one folder (or GITNOTIFY_HOME)")
    .option("--config <file>", "read the settings from this file")
    .option("--json", "print data as JSON")
    .addOption(
      new Option("--log-level <level>", "least level that is logged").choices([
        "error",
        "warn",
        "info",
        "debug",
      ]),
    )
    .option("--no-color", "print without colours (or NO_COLOR)")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .addHelpText("beforeAll", ({ command }) => refuseUnknown(command))
    .addHelpText("after", "\nEvery command shows more with --help, e.g.: gitnotify config --help")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.io.stdout.write(text),
      writeErr: (text) => void context.io.stderr.write(text),
      outputError: (text, write) => write(toSentence(text)),
    });
  const full: CliContext = {
    ...context,
    globals: () => program.opts<GlobalOptions>(),
    commandTree: () => readTree(context, entries),
  };
  for (const entry of entries) program.addCommand(createStub(program, entry));
  program.hook("preSubcommand", async (_program, command) => {
    const entry = entries.find(({ name }) => name === command.name());
    if (entry?.hearsSignals !== true) await obeyEarlySignals();
    const module = await entry?.load();
    module?.register(command, full);
  });
  return program;
}

/** commander's words for a wrong usage in those of every other error here. */
function toSentence(text: string): string {
  const sentence = text
    .replace(/^error: /, "gitnotify: ")
    .replace(/'([^']*)'/g, "“$1”")
    .replace(/\(Did you mean (?:one of )?(.*)\?\)/, "Did you mean: $1");
  const isUnanswered = /unknown (command|option)/.test(sentence) && !sentence.includes("Did you mean");
  return isUnanswered ? `${sentence.trimEnd()}\nWhat there is: \`gitnotify --help\`\n` : sentence;
}

/** Help for a command that does not exist is the help of nothing: commander would show that of the group, and end well. */
function refuseUnknown(command: Command): string {
  const [word = ""] = command.args;
  const refuse: unknown = Reflect.get(command, "unknownCommand");
  const isUnknown = command.commands.length > 0 && word !== "" && !word.startsWith("-");
  if (isUnknown && typeof refuse === "function") Reflect.apply(refuse, command, []);
  return "";
}

/** A name and a line for the help; the rest comes when the command is asked for. */
function createStub(program: Command, entry: CommandEntry): Command {
  return program
    .createCommand(entry.name)
    .copyInheritedSettings(program)
    .helpCommand("help [command]", "show this, or the help of one of them")
    .summary(entry.summary)
    .description(entry.summary);
}

/** Every command with what it registers, which costs the loading of all of them. */
export async function readTree(context: ProgramContext, entries = commands): Promise<CommandNode> {
  const program = createProgram(context, []);
  const globals = () => program.opts<GlobalOptions>();
  const full: CliContext = { ...context, globals, commandTree: () => readTree(context, entries) };
  const modules = await Promise.all(entries.map((entry) => entry.load()));
  for (const [index, entry] of entries.entries()) {
    const stub = createStub(program, entry);
    modules[index]?.register(stub, full);
    program.addCommand(stub);
  }
  const { toCommandNode } = await import("./command-tree.js");
  return toCommandNode(program);
}
