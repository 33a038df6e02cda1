import { randomBytes } from "node:crypto";
import { openConnections } from "../../app/connections.js";
import { createCredentials, type Credentials } from "../../app/credentials.js";
import { openTelegram } from "../../app/telegram.js";
import type { Clock } from "../../lib/clock.js";
import { createHostLimit, unlimited } from "../../lib/host-limit.js";
import { createHttpClient } from "../../lib/http-client.js";
import { silentLog } from "../../lib/log.js";
import { platforms } from "../../platforms/index.js";
import { connectionSecret, type SecretStore, telegramSecret } from "../../secrets/secret-store.js";
import { readVersion } from "../version.js";
import { openBrowser } from "./browser.js";
import { openPairing } from "./listen.js";
import type { TelegramWay } from "./draft.js";
import type { Net } from "./ports.js";

export interface NetOptions {
  clock: Clock;
  cacheDir: string;
  env: Record<string, string | undefined>;
}

/** The other side, with tokens that are stored nowhere yet. */
export async function createNet({ clock, cacheDir, env }: NetOptions): Promise<Net> {
  const userAgent = `gitnotify/${readVersion()}`;
  const shared = { userAgent, clock, log: silentLog, limit: createHostLimit() };
  const closers: Array<() => Promise<void>> = [];
  const openBot = async ({ token, ...way }: TelegramWay & { token: string }) => {
    const credentials = toCredentials(clock, telegramSecret, token);
    // A long poll must not take a place from anything else: there is only the wizard.
    const opened = await openTelegram({ ...shared, ...way, credentials, limit: unlimited });
    closers.push(() => opened.close());
    return opened.api;
  };
  return {
    platforms: await Promise.all(platforms.map((entry) => entry.load())),
    async get({ caFile, proxy, url: base, apiUrl, ...allowed }, url, signal) {
      const http = createHttpClient({
        ...{ ...allowed, userAgent, limit: unlimited, env },
        origins: [base, ...(apiUrl === undefined ? [] : [apiUrl])],
        ...(caFile === undefined ? {} : { caFile }),
        ...(proxy === undefined ? {} : { proxy }),
      });
      try {
        const headers = { accept: "application/json" };
        return await http.request({ method: "GET", url, headers, signal, redirect: "manual" });
      } finally {
        await http.close();
      }
    },
    async connect(connection, token) {
      const credentials = toCredentials(clock, connectionSecret(connection.id), token);
      const opened = await openConnections({ ...shared, cacheDir, credentials, connections: [connection] });
      closers.push(() => opened.close());
      const live = opened.live.get(connection.id);
      if (live === undefined) throw new Error(`The connection ${connection.id} could not be opened.`);
      return live.client;
    },
    telegram: openBot,
    async pair(bot) {
      const randomText = (bytes: number) => randomBytes(bytes).toString("base64url");
      return openPairing({ api: await openBot(bot), clock, randomText });
    },
    browse: (url) => openBrowser(url, env),
    close: async () => void (await Promise.all(closers.map((close) => close()))),
  };
}

/** One secret that lives in this process alone. */
function toCredentials(clock: Clock, name: string, value: string): Credentials {
  const store: SecretStore = {
    id: "memory",
    readOnly: true,
    get: async (wanted) => (wanted === name ? value : null),
    set: async () => undefined,
    delete: async () => false,
    list: async () => [name],
  };
  return createCredentials({ store, clock, onRead: () => {} });
}
