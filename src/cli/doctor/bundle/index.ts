import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { createSecretRegistry } from "../../../lib/redaction.js";
import { CliError, exitCode } from "../../exit-code.js";
import { toMoment } from "../../format.js";
import type { Ground } from "../ground.js";
import { collectFiles, type NamedFinding } from "./collect.js";
import { findKnownSecrets } from "./known-secrets.js";
import { hideShapes } from "../../../lib/secret-shapes.js";
import { toTarGz } from "./tar.js";

export interface Bundle {
  path: string;
  bytes: number;
}

const folder = "gitnotify-diagnostics";

/** Writes what helps others to see what is wrong, without a secret, for this user alone. Throws `CliError` when it cannot be written. */
export async function writeBundle(
  ground: Ground,
  findings: readonly NamedFinding[],
  file: string | undefined,
): Promise<Bundle> {
  const now = ground.clock.now();
  const path = resolve(file ?? `${folder}-${toMoment(now).replace(/[-:]/g, "").replace(" ", "-")}.tar.gz`);
  const secrets = createSecretRegistry();
  for (const secret of await findKnownSecrets(ground)) secrets.add(secret);
  const files = (await collectFiles(ground, findings)).map(({ name, text }) => ({
    name: `${folder}/${name}`,
    text: hideShapes(secrets.redact(text)),
  }));
  const archive = toTarGz(files, now);
  try {
    writeFileSync(path, archive, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw toCliError(error, path);
  }
  return { path, bytes: archive.length };
}

function toCliError(error: unknown, path: string): CliError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EEXIST") {
    return new CliError(exitCode.failed, `${path} is there already.`, "Name another file: --bundle FILE.");
  }
  return new CliError(
    exitCode.failed,
    `${path} cannot be written (${code}).`,
    "Name a file in a folder of yours: --bundle FILE.",
  );
}
