import type { LackCode } from "./lack.js";

/** A configured instance of a platform. Its credential is the secret `connection/<id>`. */
export interface Connection {
  /** The person's own short name, as in `github:acme/api`. */
  id: string;
  /** Id of a registered platform: `github`, `gitlab`. */
  platform: string;
  /** Web address without a trailing slash; a sub-path is kept. */
  url: string;
  /** Overrides the API address that the platform derives from `url`. */
  apiUrl?: string;
  caFile?: string;
  proxy?: string;
  allowPrivateAddress: boolean;
  allowHttp: boolean;
}

/** The identity behind a credential. */
export interface Account {
  id: string;
  login: string;
  name?: string;
}

/** What a live check of a credential found. */
export interface Access {
  account: Account;
  /** What the credential is, in the platform's words: "classic token", "fine-grained token", "access token". */
  tokenKind: string;
  /** Empty when the platform does not say (GitHub's fine-grained tokens). */
  scopes: string[];
  /** ISO instant; null = does not expire, undefined = the platform does not say. */
  expiresAt?: string | null;
  /** What this credential leaves out. */
  lacks: LackCode[];
  /** Scopes that gitnotify has no use for: whoever steals the token has use for them. */
  excess?: string[];
  /** The account's teams as written in a mention (`org/team`), where they can be known: asking one of them asks the account. */
  teams?: string[];
  /** Whether the account's inbox can be read with this credential. */
  inbox: boolean;
  /** Whether actions (retry, approve, merge) can be expected to work; undefined = unknown until tried. */
  canAct?: boolean;
}

/** What the platform last said about the request quota of one credential. */
export interface Quota {
  limit: number;
  remaining: number;
  /** ISO instant. */
  resetAt: string;
}
