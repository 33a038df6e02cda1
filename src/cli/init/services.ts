import { findServiceManager } from "../../service/index.js";
import { isUnavailable } from "../../service/service.js";
import { toSystemHome } from "../../service/systemd/unit.js";
import type { CliContext } from "../context.js";
import { installUserService } from "../service/install.js";
import { toFindOptions } from "../service/managers.js";
import { installSystemService } from "../service/system.js";
import type { ServiceOffer, Services } from "./ports.js";

/** The service managers of this machine, for whoever runs the wizard: root sets up the machine's, everybody else their own. */
export function createServices(context: CliContext): Services {
  const isRoot = process.getuid?.() === 0;
  return {
    async find(scope): Promise<ServiceOffer> {
      const found = findServiceManager(toFindOptions(context, { system: scope === "system" }));
      if (isUnavailable(found)) return { ok: false, ...found };
      if ((scope === "system") !== isRoot) return elsewhere(scope);
      return {
        ok: true,
        label: found.label,
        ...(scope === "system" ? { home: toSystemHome("gitnotify") } : {}),
        lingers: scope === "user" && found.id === "systemd",
        install: async ({ linger, onStep }) => {
          const report =
            scope === "system"
              ? await installSystemService(context, { onStep })
              : await installUserService(context, { linger, onStep });
          return report?.notes ?? [];
        },
      };
    },
  };
}

function elsewhere(scope: "user" | "system"): ServiceOffer {
  if (scope === "user") {
    const remedy = "Run `gitnotify init` as the person whose service it shall be.";
    return { ok: false, why: "You are root, and a daemon of one person need not be.", remedy };
  }
  const remedy = "Run `gitnotify service install --system` later; it asks for root's rights.";
  return { ok: false, why: "A service of the machine is root's to install.", remedy };
}
