import { chooseStore } from "../../secrets/choose.js";
import { createSecretStore } from "../../secrets/index.js";
import type { CliContext } from "../context.js";
import { toSecretContext } from "../registry.js";
import type { Home } from "../../config/home.js";
import type { Config } from "../../config/load.js";
import { allConnections, ownerOf, type Draft } from "./draft.js";
import type { StoreChoice, Stores } from "./ports.js";

/** The stores of this machine. `wanted`: the one that was asked for beforehand. */
export function createStores(given: {
  context: CliContext;
  home: Home;
  config: Config;
  wanted: string | undefined;
}): Stores {
  const { context, home, config, wanted } = given;
  const secretContext = toSecretContext({ home, config, env: context.env });
  return {
    open: async (id) => {
      if (id !== config.secrets.store) return createSecretStore(id, secretContext);
      return (await context.registry()).openSecretStore({ home, config, env: context.env });
    },
    async choose(draft) {
      if (wanted !== undefined && !draft.refused.includes(wanted))
        return { id: wanted, why: "store.why.asked", passedOver: [] };
      const choice = await chooseStore({
        runsAs: toRunsAs(draft, context),
        startsBeforeLogin: draft.startsBeforeLogin,
        context: { ...secretContext, names: () => namesOf(draft) },
      });
      const named: StoreChoice = { ...choice, why: `store.why.${choice.why}` };
      return withoutRefused(named, draft.refused);
    },
  };
}

/**
 * A service of the machine gets encrypted copies of the tokens when it is installed: here they are kept for the person who
 * sets it up.
 */
function toRunsAs(draft: Draft, { env }: CliContext): "terminal" | "user-service" | "container" {
  if (draft.service === "user") return "user-service";
  const isContainer = env["container"] !== undefined || env["KUBERNETES_SERVICE_HOST"] !== undefined;
  return isContainer ? "container" : "terminal";
}

/** A store that took nothing is not offered again. */
function withoutRefused(choice: StoreChoice, refused: readonly string[]): StoreChoice {
  if (!refused.includes(choice.id)) return choice;
  return { id: "file", why: "store.why.refused", passedOver: [] };
}

function namesOf(draft: Draft): string[] {
  const owner = ownerOf(draft);
  const ids = allConnections(draft).map(({ id }) => id);
  const members = owner === null ? [] : ids.map((id) => `member/${owner.id}/${id}`);
  return ["telegram", ...ids.map((id) => `connection/${id}`), ...members];
}
