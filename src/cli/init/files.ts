import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ensureHome, type Home } from "../../config/home.js";
import { findHomedir } from "../../lib/homedir.js";
import type { CliContext } from "../context.js";
import { findProblems } from "../edit-config.js";
import { describeProblem } from "../settings.js";
import type { Files } from "./ports.js";

/** config.yaml and what the person points at. `before`: its text when the wizard began; "" for none. */
export function createFiles(given: { context: CliContext; home: Home; before: string }): Files {
  const { context, home, before } = given;
  const { configFile } = home;
  return {
    async write(text) {
      const { writeWhole } = await import("../../config/edit.js");
      const now = existsSync(configFile) ? readFileSync(configFile, "utf8") : "";
      if (now !== before) {
        throw new Error(
          `${configFile} was changed by somebody else in the meantime, and is left as it is. Run \`gitnotify init\` again.`,
        );
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

/** A sentence when the file does not hold certificates in PEM form. */
export function checkAuthority(path: string): string | undefined {
  try {
    if (statSync(path).isDirectory()) return `${path} is a folder. The file in it is asked for.`;
    if (statSync(path).size > largestAuthority) return `${path} is too large for a file of certificates.`;
    if (readFileSync(path, "utf8").includes("-----BEGIN CERTIFICATE-----")) return undefined;
    return `${path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----). \`openssl x509 -inform der -in FILE -out FILE.pem\` makes one of a .crt or .der file.`;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return `There is no file ${path}.`;
    return code === "EACCES" ? `${path} cannot be read: permission denied.` : `${path} cannot be read.`;
  }
}
