import type { Command } from "commander";
import type { CliContext } from "../context.js";
import type { Finding } from "../doctor/check.js";
import type { Ground } from "../doctor/ground.js";
import type { NamedFinding } from "../doctor/bundle/collect.js";
import { CliError, exitCode } from "../exit-code.js";
import { toSize } from "../format.js";
import { createOutput, type Output, type Style, toCell } from "../output.js";
import { createStopSignal } from "../stop-signal.js";
import { wrap } from "../wrap.js";

interface DoctorOptions {
  bundle?: string | true;
  listen?: boolean;
}

export function register(command: Command, context: CliContext): void {
  command
    .description("look at everything that has to be right, and say what to do about what is not")
    .option(
      "--bundle [file]",
      "also write an archive for whoever helps you: findings, settings, log; no tokens in it",
    )
    .option(
      "--listen",
      "also find out in 8 seconds whether another program fetches this bot's updates, by interrupting it",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  gitnotify doctor\n  gitnotify doctor --bundle" +
        "\n\nIt asks the servers but changes nothing, also while the daemon runs." +
        "\nExits with 0, or with 3 (settings), 4 (tokens), 6 (not reached) or 1 for the worst that is wrong.",
    )
    .action((options: DoctorOptions) => doctor(context, options));
}

async function doctor(context: CliContext, options: DoctorOptions): Promise<void> {
  const output = createOutput(context);
  const { openGround } = await import("../doctor/ground.js");
  const { exitOfFindings } = await import("../doctor/check.js");
  const stop = createStopSignal();
  const ground = await openGround(context, { signal: stop.signal, listen: options.listen === true });
  try {
    const found = await examineAll(context, ground, output);
    const bundle = options.bundle === undefined ? null : await bundleUp(ground, found, options.bundle);
    const code = exitOfFindings(found);
    const data = { ok: code === exitCode.done, exitCode: code, findings: found };
    await output.data(bundle === null ? data : { ...data, bundle: bundle.path }, () => {
      output.line(summarize(output, found));
      if (bundle === null) return;
      output.line(`\n${bundle.path} (${toSize(bundle.bytes)}) is written for whoever helps you.`);
      output.line("It names hosts, projects, accounts and chats, and holds no tokens.");
    });
    if (code !== exitCode.done) throw new CliError(code, "");
  } finally {
    await ground.close();
    stop.dispose();
  }
}

async function examineAll(context: CliContext, ground: Ground, output: Output): Promise<NamedFinding[]> {
  const { examine } = await import("../doctor/examine.js");
  const { checks } = await import("../doctor/index.js");
  const { createWaiting } = await import("../doctor/waiting.js");
  const { sizeOf } = await import("../status/watch.js");
  const waiting = createWaiting(context.io);
  const columns = context.io.isTTY ? sizeOf(context.io.stdout).columns : null;
  const found: NamedFinding[] = [];
  try {
    await examine({
      ground,
      checks,
      onWait: ({ name }) => waiting.show(`looking at the ${name}`),
      onFound: ({ name }, findings) => {
        waiting.hide();
        for (const finding of findings) {
          found.push({ check: name, ...finding });
          if (!output.json) print({ output, columns }, finding);
        }
      },
    });
  } finally {
    waiting.hide();
  }
  if (ground.signal.aborted) throw new CliError(exitCode.interrupted, "interrupted");
  return found;
}

async function bundleUp(ground: Ground, found: readonly NamedFinding[], file: string | true) {
  const { writeBundle } = await import("../doctor/bundle/index.js");
  return writeBundle(ground, found, file === true ? undefined : file);
}

interface Paper {
  output: Output;
  /** null: no terminal. */
  columns: number | null;
}

const marks: Record<Finding["state"], { mark: string; style: Style }> = {
  well: { mark: "✓", style: "green" },
  warning: { mark: "!", style: "yellow" },
  wrong: { mark: "✗", style: "red" },
};

/** Broken between words on a terminal; whole for whoever reads it from a file. */
function print({ output, columns }: Paper, { state, text, remedy }: Finding): void {
  const { mark, style } = marks[state];
  const lay = (words: string, indent: string) =>
    columns === null ? [words] : wrap(words, { width: columns, indent });
  text.split("\n").forEach((part, index) => {
    const [first = "", ...more] = lay(`${index === 0 ? "x" : " "} ${toCell(part)}`, "  ");
    output.line(index === 0 ? `${output.style(style, mark)}${first.slice(1)}` : first);
    for (const line of more) output.line(line);
  });
  if (remedy === undefined) return;
  for (const line of lay(`  → ${toCell(remedy)}`, "    ")) output.line(output.style("dim", line));
}

function summarize(output: Output, found: readonly Finding[]): string {
  const wrongs = found.filter(({ state }) => state === "wrong").length;
  const warnings = found.filter(({ state }) => state === "warning").length;
  const noted = warnings === 0 ? "" : `, ${warnings} thing${warnings === 1 ? "" : "s"} to note`;
  if (wrongs === 0) return output.style("green", `\nNothing is wrong${noted}.`);
  return output.style("red", `\n${wrongs} thing${wrongs === 1 ? " is" : "s are"} wrong${noted}.`);
}
