import type { Config } from "../../config/load.js";
import { toVariable } from "../../secrets/env.js";
import { exitCode } from "../exit-code.js";
import { neededSecrets } from "../registry.js";
import { type Check, type Finding, toFinding, well, wrong } from "./check.js";
import type { Ground } from "./ground.js";

/** Whether the store answers, and has every secret that config.yaml needs. */
export const secrets: Check = {
  name: "secrets",
  look: async (ground) => (ground.config === null ? [] : look(ground, ground.config)),
};

async function look(ground: Ground, config: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  const stored: string[] = [];
  try {
    const store = await ground.secrets(config);
    for (const name of neededSecrets(config)) {
      if ((await store.get(name)) !== null) stored.push(name);
      else findings.push(toMissing(store.id, name));
    }
  } catch (error) {
    const problem = toFinding(error, `The secret store “${config.secrets.store}” fails: `);
    return [...findings, { ...problem, exit: exitCode.token }];
  }
  if (stored.length === 0) return findings;
  return [well(`${config.secrets.store} has ${stored.join(", ")}`), ...findings];
}

function toMissing(store: string, name: string): Finding {
  const variable = toVariable(name);
  const remedy =
    store === "env"
      ? `Set ${variable} (or ${variable}_FILE) where gitnotify is started.`
      : `Store it with \`gitnotify secrets set ${name}\`.`;
  return wrong(`The secret ${name} is missing in ${store}.`, remedy, exitCode.token);
}
