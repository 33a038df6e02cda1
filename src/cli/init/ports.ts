import type { TelegramApi } from "../../channels/telegram/api.js";
import type { Connection } from "../../domain/connection.js";
import type { Subscription } from "../../domain/subscription.js";
import type { Say, WizardKey } from "../../i18n/wizard.js";
import type { Clock } from "../../lib/clock.js";
import type { HttpResponse } from "../../lib/http.js";
import type { Platform, PlatformConnection } from "../../platforms/platform.js";
import type { SecretStore, SecretStoreError } from "../../secrets/secret-store.js";
import type { ServiceRefusal } from "../../service/service.js";
import type { Ask } from "./ask.js";
import type { Draft, TelegramWay } from "./draft.js";
import type { Pairing } from "./listen.js";

/** Everything of the world that the wizard touches. */
export interface Ports {
  ask: Ask;
  /** Words in the reader's language. */
  say: Say;
  net: Net;
  stores: Stores;
  services: Services;
  files: Files;
  rules: Rules;
  clock: Clock;
  /** Pid of the daemon that runs on this home now; null: none. */
  findDaemon: () => Promise<number | null>;
  /** Settings of a server that were given beforehand, by flags or an answers file; `place` is `connections[0]`. */
  preset: (place: string) => Partial<ServerSettings>;
  /** The short name that was given for a connection beforehand. */
  presetId: (place: string) => string | undefined;
}

export type ServerSettings = Omit<Connection, "id" | "platform">;

export interface Net {
  platforms: readonly Platform[];
  /** One GET without a credential. Rejects with `HttpError`. */
  get(server: ServerSettings, url: string, signal: AbortSignal): Promise<HttpResponse>;
  connect(connection: Connection, token: string): Promise<PlatformConnection>;
  telegram(bot: TelegramWay & { token: string }): Promise<TelegramApi>;
  /** Receives the bot's messages until somebody sends the code. */
  pair(bot: TelegramWay & { token: string }): Promise<Pairing>;
  /** Shows the page in the person's browser. False: there is none here. */
  browse(url: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface StoreChoice {
  id: string;
  why: WizardKey;
  passedOver: ReadonlyArray<{ id: string; why: string; remedy: string; code?: SecretStoreError["code"] }>;
}

export interface Stores {
  /** The best store that works for how the daemon will run, and why. */
  choose(draft: Draft): Promise<StoreChoice>;
  open(id: string): Promise<SecretStore>;
}

export interface Services {
  /** What the machine offers for this scope. Changes nothing. */
  find(scope: "user" | "system"): Promise<ServiceOffer>;
}

export type ServiceOffer =
  | {
      ok: true;
      /** `systemd`, `launchd`: said in the reader's language (`service.label.<id>.<scope>`). */
      id: string;
      /** It can run at boot, without a login, when asked. */
      lingers: boolean;
      /** Writes, enables and starts it; what the person should know. Rejects with `CliError`. */
      /** Where the service keeps its own. Absent: where the wizard wrote. */
      home?: string;
      install: (options: { linger: boolean; onStep: (text: string) => void }) => Promise<readonly string[]>;
    }
  | ({ ok: false } & NoService);

/** Why there is no service to offer: said in the reader's language by its code (`service.no.<code>`). */
export interface NoService {
  code: ServiceRefusal | "root_for_user" | "user_for_system";
  values: Readonly<Record<string, string>>;
}

export interface Rules {
  /** Stores what this run asks for and is not there yet, so that the phone can change it. Those that are new. */
  keep(draft: Draft): Promise<Subscription[]>;
  /** Takes back what `keep` has stored. */
  remove(rules: readonly Subscription[]): Promise<void>;
}

export interface Files {
  /** Replaces config.yaml as a whole. */
  write(text: string): Promise<void>;
  /** Problems that settings of this text would have, one line each. */
  check(text: string): Promise<string[]>;
  /** A path as a person types it (`~` is their home), absolute. */
  resolve(path: string): string;
  /** What is wrong when the file does not hold certificates in PEM form. */
  checkAuthority(path: string): WizardKey | undefined;
}
