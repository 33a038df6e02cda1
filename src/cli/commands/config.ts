import type { Command } from "commander";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { counted } from "../../lib/counted.js";
import { createOutput } from "../output.js";
import { describeProblem, readSettings, requireSettings, toHome } from "../settings.js";

export function register(command: Command, context: CliContext): void {
  command.addHelpText("after", "\nExample:\n  gitnotify config check");
  command
    .command("path")
    .description("print where config.yaml is")
    .option("--all", "print every file and folder that gitnotify uses")
    .addHelpText("after", '\nExample:\n  "$EDITOR" "$(gitnotify config path)"')
    .action((options: { all?: boolean }) => printPath(context, options.all === true));
  command
    .command("show")
    .description("print the settings that hold, with every default and without secrets")
    .addHelpText("after", "\nExample:\n  gitnotify config show --json")
    .action(() => printSettings(context));
  command
    .command("check")
    .description("say whether config.yaml is right, and if not, what is wrong in which line")
    .addHelpText(
      "after",
      "\nExample:\n  gitnotify --config ./config.yaml config check\n\nExits with 3 when it is not.",
    )
    .action(() => check(context));
  command
    .command("schema")
    .description("print the JSON Schema of config.yaml, for editors")
    .addHelpText("after", "\nExample:\n  gitnotify config schema > gitnotify.schema.json")
    .action(() => printSchema(context));
}

async function printPath(context: CliContext, all: boolean): Promise<void> {
  const output = createOutput(context);
  const home = toHome(context);
  await output.data(home, async () => {
    if (!all) return output.line(home.configFile);
    const rows = Object.entries(home).filter(([name]) => name !== "scope");
    await output.table(
      ["what", "where"],
      rows.map(([name, path]) => [name, String(path)]),
    );
  });
}

async function printSettings(context: CliContext): Promise<void> {
  const output = createOutput(context);
  const settings = await requireSettings(context);
  const [{ toShownConfig }, { default: yaml }] = await Promise.all([
    import("../../config/show.js"),
    import("yaml"),
  ]);
  const shown = toShownConfig(settings.config);
  settings.warnings.forEach((warning) => output.note(output.style("yellow", `warning: ${warning}`)));
  if (!settings.exists) output.note(`There is no ${settings.home.configFile}: these are the defaults.`);
  await output.data(shown, () => output.line(yaml.stringify(shown).trimEnd()));
}

async function check(context: CliContext): Promise<void> {
  const output = createOutput(context);
  const { home, loaded } = await readSettings(context);
  if (!loaded.exists) {
    throw new CliError(
      exitCode.configInvalid,
      `there is no ${home.configFile}`,
      "`gitnotify init` writes one; or copy config.example.yaml there, or name another file with --config.",
    );
  }
  const warnings = loaded.ok ? loaded.warnings : [];
  const problems = loaded.ok ? [] : loaded.problems;
  const stored = loaded.ok ? await countStored(home.databaseFile) : 0;
  await output.data({ ok: loaded.ok, file: home.configFile, problems, warnings }, () => {
    problems.forEach((problem) => output.line(describeProblem(problem)));
    warnings.forEach((warning) => output.note(output.style("yellow", `warning: ${warning}`)));
    if (loaded.ok) {
      const { connections, subscriptions } = loaded.config;
      const declared = `${counted(subscriptions.length, "subscription")} here`;
      const counts = `${counted(connections.length, "connection")}, ${declared}, ${stored} in the database`;
      output.line(output.style("green", `${home.configFile} is right: ${counts}.`));
    }
  });
  if (!loaded.ok) throw new CliError(exitCode.configInvalid, "");
}

/** Whoever subscribes in the chat has nothing in the file. A database that cannot be read is for `db check` to tell. */
async function countStored(databaseFile: string): Promise<number> {
  const { readStored } = await import("../init/read-stored.js");
  return (await readStored(databaseFile)).rules.length;
}

async function printSchema(context: CliContext): Promise<void> {
  const [{ createConfigSchema }, { toJsonSchema }, registry] = await Promise.all([
    import("../../config/schema.js"),
    import("../../config/describe.js"),
    context.registry(),
  ]);
  createOutput(context).line(JSON.stringify(toJsonSchema(createConfigSchema(registry)), null, 2));
}
