import type { Connections } from "../app/connections.js";
import type { Credentials } from "../app/credentials.js";
import type { Telegram } from "../app/telegram.js";
import { systemClock } from "../lib/clock.js";
import { silentLog } from "../lib/log.js";
import type { CliContext } from "./context.js";
import { readVersion } from "./version.js";
import type { Settings } from "./settings.js";

/** The other side, without the home's lock and without the database: for a look beside a running daemon. */
export interface OpenPlatforms {
  credentials: Credentials;
  connections: Connections;
  telegram: Telegram;
  close(): Promise<void>;
}

/** `only`: the id of the one connection that is wanted. */
export async function openPlatforms(
  context: CliContext,
  { home, config }: Pick<Settings, "home" | "config">,
  only?: string,
): Promise<OpenPlatforms> {
  const registry = await context.registry();
  const { createCredentials } = await import("../app/credentials.js");
  const { openConnections } = await import("../app/connections.js");
  const { openTelegram } = await import("../app/telegram.js");
  const { createHostLimit } = await import("../lib/host-limit.js");
  const store = registry.openSecretStore({ home, config, env: context.env });
  // Nothing is logged here, so that there is nothing to keep the secrets out of.
  const credentials = createCredentials({ store, clock: systemClock, onRead: () => {} });
  const common = { credentials, clock: systemClock, log: silentLog, limit: createHostLimit() };
  const shared = { ...common, userAgent: `gitnotify/${readVersion()}` };
  const wanted = config.connections.filter(({ id }) => only === undefined || id === only);
  const connections = await openConnections({ ...shared, connections: wanted, cacheDir: home.cacheDir });
  const telegram = await openTelegram({ ...shared, ...config.telegram });
  return {
    ...{ credentials, connections, telegram },
    close: async () => {
      await telegram.close();
      await connections.close();
    },
  };
}
