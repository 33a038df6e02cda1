import type { Config } from "../../config/load.js";
import { toSetRemedy, type SecretStore } from "../../secrets/secret-store.js";
import { exitCode } from "../exit-code.js";
import { neededSecrets } from "../registry.js";
import { type Check, type Finding, toFinding, well, wrong } from "./check.js";
import type { Ground } from "./ground.js";

/** Whether the store answers, and has every secret that config.yaml needs. */
export const secrets: Check = {
  name: "secrets",
  needsSettings: true,
  when: "first",
  look: async (ground) => (ground.config === null ? [] : look(ground, ground.config)),
};

async function look(ground: Ground, config: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  const stored: string[] = [];
  let place = "";
  try {
    const store = await ground.secrets(config);
    if (store.place !== undefined) place = ` (${store.place})`;
    for (const name of neededSecrets(config)) {
      if ((await store.get(name)) !== null) stored.push(name);
      else findings.push(toMissing(store, name));
    }
  } catch (error) {
    const problem = toFinding(error, `The secret store “${config.secrets.store}” fails: `);
    return [...findings, { ...problem, exit: exitCode.token }];
  }
  if (stored.length === 0) return findings;
  return [well(`${config.secrets.store}${place} has ${stored.join(", ")}`), ...findings];
}

function toMissing(store: SecretStore, name: string): Finding {
  return wrong(`The secret ${name} is missing in ${store.id}.`, toSetRemedy(store, name), exitCode.token);
}
