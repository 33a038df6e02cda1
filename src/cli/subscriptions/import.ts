import { readFileSync } from "node:fs";
import { isMap, isScalar, LineCounter, parseDocument, stringify } from "yaml";
import type { Config } from "../../config/load.js";
import type { Problem } from "../../config/problems.js";
import type { Subscription } from "../../domain/subscription.js";
import { systemClock } from "../../lib/clock.js";
import { deleteSubscription, listSubscriptions, saveSubscription } from "../../store/subscriptions.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { withNewStore } from "../open-store.js";
import { createOutput, type Output } from "../output.js";
import { describeProblem, requireSettings } from "../settings.js";
import { describeProjects } from "./list.js";
import { describeRecipient } from "./recipient.js";
import { isSameRule } from "../../domain/same-rule.js";

export interface ImportFlags {
  dryRun?: boolean;
  replace?: boolean;
}

/** Stores what the file declares and what is not there yet; once or ten times makes no difference. */
export async function importSubscriptions(
  context: CliContext,
  file: string,
  flags: ImportFlags,
): Promise<void> {
  const output = createOutput(context);
  const { config } = await requireSettings(context);
  const wanted = await readRules(context, { file, config });
  await withNewStore(context, async ({ db }) => {
    const stored = await listSubscriptions(db);
    const known = [...config.subscriptions, ...stored];
    const added = wanted.filter((rule) => !known.some((other) => isSameRule(other, rule)));
    const isGone = (rule: Subscription) => !wanted.some((other) => isSameRule(other, rule));
    const removed = flags.replace === true ? stored.filter(isGone) : [];
    if (flags.dryRun !== true) {
      await db.transaction().execute(async (transaction) => {
        for (const rule of removed) await deleteSubscription(transaction, rule.id);
        for (const rule of added) await saveSubscription(transaction, rule, systemClock.now());
      });
    }
    const unchanged = wanted.length - added.length;
    await output.data({ dryRun: flags.dryRun === true, added, removed, unchanged }, () => {
      for (const rule of added) print(output, "+", rule);
      for (const rule of removed) print(output, "-", rule);
      const would = flags.dryRun === true ? " (nothing was stored)" : "";
      output.line(`${added.length} added, ${removed.length} removed, ${unchanged} there already${would}`);
    });
  });
}

function print(output: Output, sign: "+" | "-", rule: Subscription): void {
  const filter = rule.filter === "" ? "" : `, ${rule.filter}`;
  const what = `${describeProjects(rule.projects)}: ${rule.features.join(" ")}${filter}`;
  const line = `${sign} ${rule.id} to ${describeRecipient(rule.to)}, ${what}`;
  output.line(output.style(sign === "+" ? "green" : "red", line));
}

/** The rules of the file, each once, with ids made from what they say. Ends with every problem, its line and its column. */
async function readRules(
  context: CliContext,
  { file, config }: { file: string; config: Config },
): Promise<Subscription[]> {
  const text = await readText(context, file);
  const strange = findStrangeKeys(text, file);
  if (strange.length > 0) throw refuse(strange);
  const [{ loadConfig }, registry] = await Promise.all([import("../../config/load.js"), context.registry()]);
  // The projects can only be judged beside the connections. Behind the last line they move none of those before.
  const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const { connections } = config;
  const whole = connections.length === 0 ? body : `${body}${stringify({ connections }, { lineWidth: 0 })}`;
  const loaded = loadConfig({ path: file, text: whole, ...registry });
  if (!loaded.ok) throw refuse(loaded.problems);
  const rules = loaded.config.subscriptions.map((rule): Subscription => ({
    ...rule,
    origin: "stored",
    id: rule.id.replace(/^config-(\w{8}).*$/, "$1"),
  }));
  return rules.filter((rule, index) => rules.findIndex((other) => isSameRule(other, rule)) === index);
}

async function readText(context: CliContext, file: string): Promise<string> {
  try {
    if (file !== "-") return readFileSync(file, "utf8");
    let text = "";
    context.io.stdin.setEncoding("utf8");
    for await (const chunk of context.io.stdin) text += String(chunk);
    return text;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new CliError(exitCode.failed, `${file} cannot be read (${code})`);
  }
}

/** Everything else in such a file would be ignored, which nobody expects of a file they wrote. */
function findStrangeKeys(text: string, file: string): Problem[] {
  const lines = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter: lines, logLevel: "silent" });
  if (contents === null) return [{ file, line: 1, column: 1, message: "it declares no subscriptions" }];
  if (!isMap(contents)) {
    return [
      {
        file,
        line: 1,
        column: 1,
        message: "must begin with `subscriptions:`, as `subscriptions export` writes it",
      },
    ];
  }
  if (contents.flow === true) {
    return [
      {
        file,
        line: 1,
        column: 1,
        message: "must be YAML without the outer braces, as `subscriptions export` writes it",
      },
    ];
  }
  return contents.items.flatMap(({ key }): Problem[] => {
    const name = isScalar(key) ? String(key.value) : "";
    if (name === "subscriptions") return [];
    const { line, col } = lines.linePos(isScalar(key) ? (key.range?.[0] ?? 0) : 0);
    return [{ file, line, column: col, message: `only subscriptions are imported, and this is “${name}”` }];
  });
}

function refuse(problems: readonly Problem[]): CliError {
  return new CliError(
    exitCode.configInvalid,
    `nothing was imported\n${problems.map(describeProblem).join("\n")}`,
  );
}
