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
      if (isUnavailable(found)) return { ok: false, code: found.code, values: found.values };
      if ((scope === "system") !== isRoot) return elsewhere(scope);
      return {
        ok: true,
        id: found.id,
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

/** Root is offered no service of one person, and nobody but root the one of the machine. */
function elsewhere(scope: "user" | "system"): ServiceOffer {
  return { ok: false, code: scope === "user" ? "root_for_user" : "user_for_system", values: {} };
}
