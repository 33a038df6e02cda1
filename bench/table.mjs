/** One figure of the report. `reached` is null where there is nothing to reach. */
export function toFigure({ name, ours, baseline, ratio, goal = "", reached = null }) {
  const verdict = reached === null ? "" : reached ? "yes" : "no";
  return { name, ours, baseline, ratio, goal, verdict };
}

const columns = ["figure", "ours", "baseline", "ratio", "goal", "reached"];

/** A table as Markdown wants it, with columns of one width so that it reads well in a terminal too. */
export function renderTable(figures) {
  return renderRows(
    columns,
    figures.map(({ name, ours, baseline, ratio, goal, verdict }) => [
      name,
      ours,
      baseline,
      ratio,
      goal,
      verdict,
    ]),
  );
}

export function renderRows(headings, rows) {
  const all = [headings, ...rows].map((row) => row.map(String));
  const widths = headings.map((_, column) => Math.max(3, ...all.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(all[0]), rule, ...all.slice(1).map(line)].join("\n");
}

/** Three digits that matter, without an exponent. */
export function toNumber(value) {
  if (!Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  if (size >= 100) return String(Math.round(value));
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The median with what the repetitions lie between. */
export function toSpread({ median, min, max }, unit = "") {
  const middle = `${toNumber(median)}${unit}`;
  return min === max ? middle : `${middle} (${toNumber(min)} to ${toNumber(max)})`;
}
