import { Option, type Command } from "commander";
import type { InstallReport, ServiceState } from "../../service/service.js";
import type { CliContext } from "../context.js";
import { toCount } from "../count.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput, type Output } from "../output.js";
import type { WhichService } from "../service/managers.js";
import type { SystemWishes } from "../service/system.js";

type Verb = "start" | "stop" | "restart";

interface InstallWords extends SystemWishes {
  print?: boolean;
  for?: keyof typeof platforms;
}

const platforms = { linux: "linux", macos: "darwin", windows: "win32" } as const;

const done: Record<Verb, string> = { start: "started", stop: "stopped", restart: "restarted" };

export function register(command: Command, context: CliContext): void {
  command.addHelpText("after", "\nExample:\n  gitnotify service install --linger");
  which(command.command("install"))
    .description("write the service, enable it and start it; once more to upgrade it")
    .option("--print", "print what it would write and run, and change nothing")
    .addOption(
      new Option("--for <system>", "with --print: as on another system").choices(Object.keys(platforms)),
    )
    .option("--linger", "start at boot without a login, and stay after logout (systemd)")
    .option("--no-start", "do not start it now")
    .option("--replace-settings", "with --system: replace its config.yaml by yours")
    .option("--force", "install although something speaks against it")
    .addOption(new Option("--request", "read the settings and secrets from stdin").hideHelp())
    .addHelpText(
      "after",
      "\nExamples:\n  gitnotify service install --print --for macos\n  gitnotify service install --system",
    )
    .action((words: InstallWords) => install(context, words));
  which(command.command("uninstall"))
    .description("stop it and remove it; settings, secrets and database stay")
    .addHelpText("after", "\nExample:\n  gitnotify service uninstall")
    .action((words: WhichService) => uninstall(context, words));
  for (const verb of ["start", "stop", "restart"] as const) {
    which(command.command(verb))
      .description(`${verb} the service`)
      .addHelpText("after", `\nExample:\n  gitnotify service ${verb}`)
      .action((words: WhichService) => control(context, verb, words));
  }
  which(command.command("status"))
    .description("whether it is installed and runs")
    .addHelpText("after", "\nExample:\n  gitnotify service status --json")
    .action((words: WhichService) => status(context, words));
  which(command.command("logs"))
    .description("what the service printed")
    .option("-f, --follow", "go on until Ctrl-C")
    .option("-n, --lines <number>", "how many of the last lines", toCount, 50)
    .addHelpText("after", "\nExample:\n  gitnotify service logs -f")
    .action((words: WhichService & { follow?: boolean; lines: number }) => logs(context, words));
}

function which(command: Command): Command {
  return command
    .option("--system", "the service of the whole machine instead of yours (systemd)")
    .option("--name <name>", "of the service, where one machine has several");
}

async function install(context: CliContext, words: InstallWords): Promise<void> {
  const output = createOutput(context);
  if (words.print) return print(context, words);
  if (words.for !== undefined)
    throw new CliError(
      exitCode.usage,
      "--for only prints: a service is installed on the machine that it runs on",
      "Add --print.",
    );
  const wishes = { ...words, onStep: (text: string) => output.note(`${text}…`) };
  const report = words.system
    ? await (await import("../service/system.js")).installSystemService(context, wishes)
    : await (await import("../service/install.js")).installUserService(context, wishes);
  if (report !== null) await output.data(report, () => printReport(output, report, words));
}

function printReport(output: Output, report: InstallReport, { system }: WhichService): void {
  const words = system ? " --system" : "";
  for (const file of report.files) output.line(`wrote ${file}`);
  for (const note of report.notes) output.note(note);
  const how = report.upgraded ? "Upgraded" : "Installed";
  output.line(
    output.style(
      "green",
      report.running ? `${how} and running.` : `${how}. Start it: gitnotify service start${words}`,
    ),
  );
  output.line(`See how it does: gitnotify service status${words} · gitnotify service logs${words} -f`);
}

async function print(context: CliContext, words: InstallWords): Promise<void> {
  const [{ planInstall }, { printPlan }] = await Promise.all([
    import("../service/plan.js"),
    import("../service/print.js"),
  ]);
  const platform = words.for === undefined ? process.platform : platforms[words.for];
  const output = createOutput(context);
  if (platform !== process.platform)
    output.note("The paths are those of this machine: run it there to see its own.");
  await printPlan(output, await planInstall(context, { ...words, platform }), platform);
}

async function uninstall(context: CliContext, words: WhichService): Promise<void> {
  const output = createOutput(context);
  const { requireInstalled, tell } = await import("../service/managers.js");
  const manager = await requireInstalled(context, words);
  if (await asRoot(context, ["uninstall"], { ...words, system: manager.scope === "system" })) return;
  const removed = await tell(manager.uninstall());
  await output.data({ removed }, () => {
    for (const path of removed) output.line(`removed ${path}`);
    output.line(
      removed.length === 0
        ? "No service was installed."
        : "Uninstalled. Settings, secrets and database are still there.",
    );
  });
}

async function control(context: CliContext, verb: Verb, words: WhichService): Promise<void> {
  const output = createOutput(context);
  const { requireInstalled, tell } = await import("../service/managers.js");
  const manager = await requireInstalled(context, words);
  if (await asRoot(context, [verb], { ...words, system: manager.scope === "system" })) return;
  await tell(manager[verb]());
  await output.data({ done: verb }, () => output.line(`The service is ${done[verb]}.`));
}

/** True when another process did it as root. */
async function asRoot(context: CliContext, verb: string[], words: WhichService): Promise<boolean> {
  if (!words.system || process.getuid?.() === 0) return false;
  const [{ runAsRoot }, { findOwnProgram }] = await Promise.all([
    import("../service/elevate.js"),
    import("../service/install.js"),
  ]);
  const { node, script } = findOwnProgram(context);
  const name = words.name === undefined ? [] : ["--name", words.name];
  const json = context.globals().json ? ["--json"] : [];
  const note = (text: string) => void context.io.stderr.write(`${text}\n`);
  await runAsRoot([node, script, ...json, "service", ...verb, "--system", ...name], {
    env: context.env,
    note,
  });
  return true;
}

async function status(context: CliContext, words: WhichService): Promise<void> {
  const output = createOutput(context);
  const { requireInstalled } = await import("../service/managers.js");
  const state = await (await requireInstalled(context, words)).status();
  await output.data(state, () => printState(output, state));
}

function printState(output: Output, state: ServiceState): void {
  const colour = state.running ? "green" : state.installed ? "yellow" : "dim";
  output.line(
    `${state.label}: ${output.style(colour, state.running ? "running" : state.installed ? "not running" : "not installed")}`,
  );
  if (!state.installed) return output.line("Install it: gitnotify service install");
  output.line(`  ${state.detail}`);
  const facts = [
    state.pid === null ? null : `process ${state.pid}`,
    state.memoryBytes === null ? null : `${Math.round(state.memoryBytes / 1_000_000)} MB`,
    state.restarts === null ? null : `restarted ${state.restarts} times by itself`,
  ];
  const known = facts.filter((fact) => fact !== null);
  if (known.length > 0) output.line(`  ${known.join(" · ")}`);
  output.line(`  ${describeBeginning(state)}`);
  output.line(`  ${state.path}`);
  if (state.home !== null) output.line(`  home: ${state.home}`);
}

function describeBeginning({ enabled, startsBeforeLogin }: ServiceState): string {
  if (!enabled) return "does not start by itself: gitnotify service install";
  return startsBeforeLogin ? "starts at boot" : "starts when you log in, stops when you log out";
}

async function logs(
  context: CliContext,
  words: WhichService & { follow?: boolean; lines: number },
): Promise<void> {
  const { requireInstalled } = await import("../service/managers.js");
  const manager = await requireInstalled(context, words);
  const json = context.globals().json === true;
  const code = await manager.logs({ follow: words.follow === true, lines: words.lines, json });
  if (code === 0) return;
  throw code === exitCode.interrupted
    ? new CliError(exitCode.interrupted, "")
    : new CliError(exitCode.failed, "the log could not be shown", "Its file: gitnotify config path --all");
}
