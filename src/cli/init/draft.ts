import type { BotIdentity } from "../../channels/telegram/api.js";
import type { Config } from "../../config/load.js";
import type { Language } from "../../config/schema.js";
import type { Access, Connection } from "../../domain/connection.js";
import type { FeatureName } from "../../domain/feature.js";
import type { Subscription } from "../../domain/subscription.js";
import type { WizardKey } from "../../i18n/wizard.js";
import type { PlatformConnection } from "../../platforms/platform.js";
import type { SecretStoreError } from "../../secrets/secret-store.js";

/** What is on this machine already. */
export interface Existing {
  configFile: string;
  /** Empty when there is no config.yaml. */
  text: string;
  config: Config;
  /** Names of the secrets that the store of config.yaml holds. */
  secrets: readonly string[];
  /** Why they could not be listed. */
  secretsProblem?: SecretStoreError;
  /** Pid of the daemon that runs on this home; null: none. */
  daemon: number | null;
  /** Somebody was paired before, in the database. */
  owner: { id: string; name: string } | null;
  /** The rules of the database; those of config.yaml are in `config`. */
  stored: readonly Subscription[];
}

/** A connection of this run: a new one, or one whose token is replaced. */
export interface DraftConnection {
  connection: Connection;
  isNew: boolean;
  token: string;
  access: Access;
  client: PlatformConnection;
}

/** Where the Bot API is, and how it is reached. */
export interface TelegramWay {
  apiRoot: string;
  proxy?: string;
  caFile?: string;
}

export interface DraftBot {
  token: string;
  identity: BotIdentity;
}

export interface DraftOwner {
  id: string;
  name: string;
}

export type ServiceChoice = "none" | "user" | "system";

export interface DraftStore {
  id: string;
  why: WizardKey;
}

/** The answers so far. What a step has not touched stays as it is on this machine. */
export interface Draft {
  existing: Existing;
  /** Which steps this run goes through, in the order of the list. */
  wanted: ReadonlySet<StepId>;
  connections: readonly DraftConnection[];
  telegram: TelegramWay;
  bot?: DraftBot;
  owner?: DraftOwner;
  /** Rules to add. */
  rules?: { personal: boolean; projects: readonly string[]; features: readonly FeatureName[] };
  language?: Language;
  service: ServiceChoice;
  /** The daemon is to run at boot, before anybody logs in. */
  startsBeforeLogin: boolean;
  store?: DraftStore;
  /** Stores that failed when the tokens were written. */
  refused: readonly string[];
}

export type StepId =
  | "language" | "connections" | "tokens" | "bot" | "owner" | "projects" | "events" | "service" | "store"; // prettier-ignore

/** Every connection that there will be: those of config.yaml, with the new ones behind. */
export function allConnections(draft: Draft): Connection[] {
  const fresh = draft.connections.filter(({ isNew }) => isNew).map(({ connection }) => connection);
  return [...draft.existing.config.connections, ...fresh];
}

/** Every proxy that is in use, the newest first. */
export function proxiesOf(draft: Draft): string[] {
  const ways = [draft.telegram, ...allConnections(draft)];
  return [...new Set(ways.flatMap(({ proxy }) => proxy ?? []))].reverse();
}

export function ownerOf(draft: Draft): DraftOwner | null {
  if (draft.owner !== undefined) return draft.owner;
  const { config, owner } = draft.existing;
  const named = config.telegram.owner;
  if (named === undefined) return owner;
  return { id: named, name: owner?.id === named ? owner.name : named };
}
