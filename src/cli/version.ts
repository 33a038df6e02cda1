import manifest from "../../package.json" with { type: "json" };

/** From package.json; a bundle holds it. */
export function readVersion(): string {
  return manifest.version;
}
