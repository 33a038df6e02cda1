import type { Command } from "commander";
import type { CliContext } from "../context.js";
import type { Finding } from "../doctor/check.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput, type Output, type Style, toCell } from "../output.js";
import { createStopSignal } from "../stop-signal.js";

export function register(command: Command, context: CliContext): void {
  command
    .description("look at everything that has to be right, and say what to do about what is not")
    .addHelpText(
      "after",
      "\nExample:\n  gitnotify doctor\n\nIt asks the servers but changes nothing, also while the daemon runs." +
        "\nExits with 0, or with 3 (settings), 4 (tokens), 6 (not reached) or 1 for the worst that is wrong.",
    )
    .action(() => doctor(context));
}

async function doctor(context: CliContext): Promise<void> {
  const output = createOutput(context);
  const { openGround } = await import("../doctor/ground.js");
  const { exitOfFindings, toFinding } = await import("../doctor/check.js");
  const { checks } = await import("../doctor/index.js");
  const stop = createStopSignal();
  const ground = await openGround(context, stop.signal);
  const found: Array<Finding & { check: string }> = [];
  try {
    for (const check of checks) {
      const findings = await check.look(ground).catch((error: unknown) => {
        if (stop.signal.aborted) throw new CliError(exitCode.interrupted, "interrupted");
        return [toFinding(error, `${check.name} could not be looked at: `)];
      });
      for (const finding of findings) {
        found.push({ check: check.name, ...finding });
        if (!output.json) print(output, finding);
      }
    }
  } finally {
    await ground.close();
    stop.dispose();
  }
  const code = exitOfFindings(found);
  await output.data({ ok: code === exitCode.done, exitCode: code, findings: found }, () =>
    output.line(summarize(output, found)),
  );
  if (code !== exitCode.done) throw new CliError(code, "");
}

const marks: Record<Finding["state"], { mark: string; style: Style }> = {
  well: { mark: "✓", style: "green" },
  warning: { mark: "!", style: "yellow" },
  wrong: { mark: "✗", style: "red" },
};

function print(output: Output, { state, text, remedy }: Finding): void {
  const { mark, style } = marks[state];
  const [first = "", ...more] = text.split("\n").map(toCell);
  output.line(`${output.style(style, mark)} ${first}`);
  for (const line of more) output.line(`  ${line}`);
  if (remedy !== undefined) output.line(output.style("dim", `  → ${toCell(remedy)}`));
}

function summarize(output: Output, found: readonly Finding[]): string {
  const wrongs = found.filter(({ state }) => state === "wrong").length;
  const warnings = found.filter(({ state }) => state === "warning").length;
  const noted = warnings === 0 ? "" : `, ${warnings} thing${warnings === 1 ? "" : "s"} to note`;
  if (wrongs === 0) return output.style("green", `\nNothing is wrong${noted}.`);
  return output.style("red", `\n${wrongs} thing${wrongs === 1 ? " is" : "s are"} wrong${noted}.`);
}
