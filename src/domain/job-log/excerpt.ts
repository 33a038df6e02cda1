import { hideShapes } from "../../lib/secret-shapes.js";
import type { LogLine } from "./lines.js";
import { toText } from "./lines.js";
import { rules, verdicts, dampers, type Rule } from "./rules.js";

const mostLines = 3;
const mostCharacters = 200;
/** Of one line: what says what went wrong says so early, and a line may be a megabyte long. */
const mostLooked = 500;

/** Of one log, from its end: a step that prints more has said it there, too. */
const mostSearched = 10_000;

interface Finding {
  index: number;
  rule: Rule;
  text: string;
}

/** At most three lines that say what went wrong, oldest first, without anything that looks like a credential. */
export function toExcerpt(lines: readonly LogLine[]): string[] {
  const findings = lines.slice(-mostSearched).flatMap((line, index) => {
    const rule = ruleFor(line);
    return rule === undefined ? [] : [{ index, rule, text: toText(line).trim() }];
  });
  if (findings.length === 0) return lastWords(lines);
  const best = findings.reduce((most, { rule }) => Math.max(most, rule.weight), 0);
  const telling = findings.filter(({ rule }) => rule.weight >= best - 1);
  const chosen = choose(telling.toSorted((a, b) => b.rule.weight - a.rule.weight || a.index - b.index));
  return chosen.toSorted((a, b) => a.index - b.index).map(({ text }) => clip(text));
}

function choose(findings: Finding[]): Finding[] {
  const chosen: Finding[] = [];
  for (const finding of findings) {
    if (chosen.length === mostLines) break;
    const alike = chosen.filter(({ rule }) => rule === finding.rule).length;
    const repeated = chosen.some(({ text }) => text.includes(finding.text) || finding.text.includes(text));
    if (!repeated && alike < (finding.rule.most ?? mostLines)) chosen.push(finding);
  }
  return chosen;
}

function ruleFor(whole: LogLine): Rule | undefined {
  const line = { ...whole, text: whole.text.slice(0, mostLooked) };
  if (line.header === true || line.mark === "group" || line.mark === "command") return undefined;
  if (line.text.trim() === "" || dampers.some((damper) => damper.test(line.text)) || isVerdict(line))
    return undefined;
  const found = rules.find((rule) => rule.pattern.test(line.text));
  if (line.mark !== "error") return found;
  return found !== undefined && found.weight >= marked.weight ? found : marked;
}

/** What a runner or a problem matcher calls an error, of a shape that no rule knows. */
const marked: Rule = { pattern: /./, weight: 4 };

function isVerdict(line: LogLine): boolean {
  return verdicts.some((verdict) => verdict.test(line.text));
}

/** Nothing says what went wrong: what was printed last before the exit code, and that. */
function lastWords(lines: readonly LogLine[]): string[] {
  const verdict = lines.find(isVerdict);
  const said = lines.filter((line) => line.header !== true && line.text.trim() !== "" && !isVerdict(line));
  const last = said.findLast((line) => line.mark !== "group" && line.mark !== "command");
  return [last, verdict].flatMap((line) => (line === undefined ? [] : [clip(toText(line))]));
}

function clip(text: string): string {
  const safe = hideShapes(text.trim().slice(0, 4 * mostLooked));
  const characters = [...safe];
  return characters.length <= mostCharacters ? safe : `${characters.slice(0, mostCharacters - 1).join("")}…`;
}
