import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ensureHome, type Home } from "../../config/home.js";
import { findHomedir } from "../../lib/homedir.js";
import type { Say, WizardKey } from "../../i18n/wizard.js";
import type { CliContext } from "../context.js";
import { findProblems } from "../edit-config.js";
import { describeProblem } from "../settings.js";
import type { Files } from "./ports.js";

/** config.yaml and what the person points at. `before`: its text when the wizard began; "" for none. */
export function createFiles(given: { context: CliContext; home: Home; before: string; say: Say }): Files {
  const { context, home, before, say } = given;
  const { configFile } = home;
  return {
    async write(text) {
      const { writeWhole } = await import("../../config/edit.js");
      const now = existsSync(configFile) ? readFileSync(configFile, "utf8") : "";
      if (now !== before) {
        throw new Error(say("write.changed", { file: configFile }));
      }
      ensureHome(home);
      await writeWhole(configFile, text);
    },
    check: async (text) => (await findProblems(context, home, text)).map(describeProblem),
    resolve: (path) => resolve(path.trim().replace(/^~(?=$|[\\/])/, findHomedir())),
    checkAuthority,
  };
}

const largestAuthority = 5_000_000;

/** What is wrong when the file does not hold certificates in PEM form. */
export function checkAuthority(path: string): WizardKey | undefined {
  try {
    if (statSync(path).isDirectory()) return "ca.folder";
    if (statSync(path).size > largestAuthority) return "ca.large";
    if (readFileSync(path, "utf8").includes("-----BEGIN CERTIFICATE-----")) return undefined;
    return "ca.notPem";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return "ca.missing";
    return code === "EACCES" ? "ca.denied" : "ca.unreadable";
  }
}
