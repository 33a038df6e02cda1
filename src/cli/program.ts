import { Command, Option } from "commander";
import type { CliContext, GlobalOptions } from "./context.js";
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
}

/** Every command, in the order of the help. Adding one is one line here and one file in commands/. */
export const commands: readonly CommandEntry[] = [
  {
    name: "start",
    summary: "run in the foreground: poll, deliver, listen",
    load: () => import("./commands/start.js"),
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
  { name: "secrets", summary: "store, list and remove tokens", load: () => import("./commands/secrets.js") },
  {
    name: "db",
    summary: "migrate, back up, restore, check the database",
    load: () => import("./commands/db.js"),
  },
];

/** commander's tree over the list. It prints to `context.io` and throws instead of ending the process. */
export function createProgram(context: Omit<CliContext, "globals">, entries = commands): Command {
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
    .addHelpText("after", "\nEvery command shows more with --help, e.g.: gitnotify config --help")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.io.stdout.write(text),
      writeErr: (text) => void context.io.stderr.write(text),
      outputError: (text, write) => write(text),
    });
  const full: CliContext = { ...context, globals: () => program.opts<GlobalOptions>() };
  for (const entry of entries) program.addCommand(createStub(program, entry));
  program.hook("preSubcommand", async (_program, command) => {
    const module = await entries.find(({ name }) => name === command.name())?.load();
    module?.register(command, full);
  });
  return program;
}

/** A name and a line for the help; the rest comes when the command is asked for. */
function createStub(program: Command, entry: CommandEntry): Command {
  return program
    .createCommand(entry.name)
    .copyInheritedSettings(program)
    .summary(entry.summary)
    .description(entry.summary);
}
