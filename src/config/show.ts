import type { Recipient } from "../domain/subscription.js";
import type { Config } from "./load.js";

/** The settings that hold, as config.yaml would say them, without the passwords that addresses may hold. */
export function toShownConfig(config: Config): Record<string, unknown> {
  return {
    ...config,
    telegram: {
      ...config.telegram,
      ...(config.telegram.proxy !== undefined && { proxy: withoutPassword(config.telegram.proxy) }),
    },
    connections: config.connections.map((connection) => ({
      ...connection,
      ...(connection.proxy !== undefined && { proxy: withoutPassword(connection.proxy) }),
    })),
    subscriptions: config.subscriptions.map(({ to, projects, features, filter }) => ({
      to: toWritten(to),
      ...(projects && { projects }),
      events: features,
      ...(filter !== "" && { filter }),
    })),
    database: { url: withoutPassword(config.database.url) },
  };
}

/** The user name goes too: some proxies take a token for one. */
function withoutPassword(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, "$1***@");
}

function toWritten(to: Recipient): unknown {
  if (to === "owner") return to;
  if ("member" in to) return to.member;
  return to;
}
