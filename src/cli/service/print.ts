import type { PlannedCommand, PlannedFile, ServicePlan } from "../../service/service.js";
import { quoteWindows } from "../../service/windows/quote.js";
import type { Output } from "../output.js";
import { quoteShell } from "./elevate.js";

/** What `install` would do, as a person would do it by hand. */
export async function printPlan(output: Output, plan: ServicePlan, platform: NodeJS.Platform): Promise<void> {
  await output.data({ files: plan.files.map(toData), commands: plan.commands }, () => {
    for (const file of plan.files) {
      output.line(
        output.style(
          "bold",
          `# ${file.path} (mode ${toMode(file)}${file.keep ? ", unless it is there" : ""})`,
        ),
      );
      output.line(
        typeof file.content === "string" ? file.content.trimEnd() : `a copy of ${file.content.copyOf}`,
      );
      output.line();
    }
    output.line(output.style("bold", "# then"));
    for (const command of plan.commands) output.line(toShell(command, platform));
  });
}

function toData({ path, content, keep, ...file }: PlannedFile) {
  return { path, mode: toMode(file), content, keep: keep === true };
}

function toMode({ mode }: Pick<PlannedFile, "mode">): string {
  return `0${mode.toString(8)}`;
}

function toShell({ argv, secret, makes }: PlannedCommand, platform: NodeJS.Platform): string {
  // Single quotes are letters like any other to cmd.
  const quote = platform === "win32" ? quoteWindows : quoteShell;
  const words = argv.map(quote).join(" ");
  const from = secret === undefined ? "" : ` # reads the secret ${secret} from stdin`;
  return `${words}${makes === undefined ? "" : ` > ${quote(makes)}`}${from}`;
}
