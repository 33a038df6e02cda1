import { findServiceManager } from "../../service/index.js";
import type { ServiceScope, ServiceState } from "../../service/service.js";
import { type Check, type Finding, warning, well } from "./check.js";
import type { Ground } from "./ground.js";

/** Whether the operating system starts the daemon by itself. None installed is no fault: people run it in containers and by timers. */
export const service: Check = {
  name: "service",
  look: async (ground) => {
    const states = (await Promise.all(scopes.map((scope) => stateOf(ground, scope)))).flat();
    const mine = states.filter((state) => state.installed && isOfThisHome(state, ground));
    return mine.flatMap(toFindings);
  },
};

const scopes: readonly ServiceScope[] = ["user", "system"];

async function stateOf({ env, home }: Ground, scope: ServiceScope): Promise<ServiceState[]> {
  const uid = process.getuid?.();
  const found = findServiceManager({ platform: process.platform, scope, env, uid, logsDir: home.logsDir });
  return "status" in found ? [await found.status()] : [];
}

/** A service of another home is none of this one's. */
function isOfThisHome(state: ServiceState, { home }: Ground): boolean {
  return state.home === null || state.home === home.stateDir;
}

/** What is to be said of a service of this home. */
export function toFindings(state: ServiceState): Finding[] {
  const findings: Finding[] = [];
  const command = (verb: string) =>
    `\`gitnotify service ${verb}${state.scope === "system" ? " --system" : ""}\``;
  if (!state.running) {
    findings.push(
      warning(
        `The ${state.label} is installed but does not run: ${state.detail}`,
        `Start it with ${command("start")}; ${command("logs")} says why it stopped. After a change of Node or of gitnotify: ${command("install")}.`,
      ),
    );
  } else {
    findings.push(well(`${state.label} runs`));
  }
  if (!state.enabled) {
    const text = `The ${state.label} does not start by itself.`;
    findings.push(warning(text, `Run ${command("install")} once more: it enables it.`));
  } else if (state.startsBeforeLogin === false && process.platform === "linux") {
    findings.push(
      warning(
        `The ${state.label} runs only while you are logged in.`,
        'Let it start at boot: `sudo loginctl enable-linger "$USER"`.',
      ),
    );
  }
  if (state.restarts !== null && state.restarts >= manyRestarts) {
    const text = `The ${state.label} was started anew ${state.restarts} times.`;
    findings.push(warning(text, `${command("logs")} says what ended it.`));
  }
  return findings;
}

const manyRestarts = 3;
