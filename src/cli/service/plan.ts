import type { ServicePlan } from "../../service/service.js";
import { toSystemHome } from "../../service/systemd/unit.js";
import type { CliContext } from "../context.js";
import { toHome } from "../settings.js";
import { findOwnProgram, type InstallWishes } from "./install.js";
import { requireManager } from "./managers.js";
import { gatherRequest } from "./request.js";
import { toSystemSpec, toUserSpec } from "./spec.js";

/** What `install` would write and run, here or on another platform. Of a secret it needs the name alone. */
export async function planInstall(
  context: CliContext,
  wishes: InstallWishes & { platform: NodeJS.Platform },
): Promise<ServicePlan> {
  const manager = requireManager(context, { ...wishes, onPaper: true });
  const program = findOwnProgram(context);
  if (!wishes.system) {
    return manager.describe(
      toUserSpec({ context, home: toHome(context), program, platform: wishes.platform }).spec,
    );
  }
  const request = await gatherRequest(context, { values: false });
  const needs = { files: request?.files ?? {}, secrets: Object.keys(request?.secrets ?? { telegram: null }) };
  return manager.describe(toSystemSpec(program, toSystemHome(wishes.name ?? "gitnotify"), needs));
}
