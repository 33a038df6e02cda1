import { readFileSync } from "node:fs";

/**
 * `const { Agent } = await import("undici")` works from the sources, but in a bundle a package in the older module format
 * (CommonJS) that is loaded lazily has its default export alone: `Agent` would be undefined, and only when that line runs.
 * One sentence for each place that would break; `metafile` is esbuild's.
 */
export function findCommonJsByName(metafile) {
  const places = [];
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    if (!file.startsWith("src/")) continue;
    for (const { kind, original, path } of imports) {
      if (kind !== "dynamic-import" || metafile.inputs[path]?.format !== "cjs") continue;
      if (!isTakenByDefault(readFileSync(file, "utf8"), original)) {
        places.push(`${file}: import("${original}") must take the default export: the package is CommonJS.`);
      }
    }
  }
  return places;
}

/** Every lazy import of the package in this text is followed or preceded by the word `default` in its statement. */
function isTakenByDefault(text, name) {
  const statements = text.split(";").filter((statement) => statement.includes(`import("${name}")`));
  return statements.every((statement) => /\bdefault\b/.test(statement));
}
