import { readFileSync } from "node:fs";

/** From package.json, two folders up from here in `src` as in `dist`. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const { version }: { version?: unknown } = manifest ?? {};
  return typeof version === "string" ? version : "unknown";
}
