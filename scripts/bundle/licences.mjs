import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The licence of every package that is inside the bundle, as their authors ask. `metafile` is esbuild's. Throws when one has none. */
export function collectLicences(metafile) {
  const folders = new Set(Object.keys(metafile.inputs).flatMap(toPackageFolder));
  return [...folders]
    .sort()
    .map(describe)
    .join(`\n${"-".repeat(80)}\n\n`);
}

function toPackageFolder(file) {
  const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
  return folder === undefined ? [] : [folder];
}

function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!license) throw new Error(`${name} ${version} names no licence.`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8");
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}
