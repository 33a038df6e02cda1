/**
 * Where tokens live. Names are `telegram`, `connection/<id>`, `member/<telegram id>/<connection id>`. Values never appear in
 * an error. Every call settles within three seconds or rejects with `SecretStoreError`.
 */
export interface SecretStore {
  /** As in config.yaml: `keyring`, `systemd`, `file`, `env`. */
  id: string;
  /** Where the secrets lie, for people: "/home/mia/.local/state/gitnotify/secrets.enc". */
  place?: string;
  /** True when `set` and `delete` always reject with `read_only`: nobody need be asked for a value. */
  readOnly: boolean;
  /** null when there is none by that name. */
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  /** True when there was one. */
  delete(name: string): Promise<boolean>;
  list(): Promise<string[]>;
  /** Resolves when the store would keep a secret and give it back now, as far as can be known; else rejects with the remedy. */
  probe?(): Promise<void>;
  /** What a person does to store one, as a sentence with the command. Default: `gitnotify secrets set <name>`. */
  howToSet?(name: string): string;
}

/** `code`: absent (no such store on this machine), locked, timeout, read_only, failed. */
export class SecretStoreError extends Error {
  readonly code: "absent" | "locked" | "timeout" | "read_only" | "failed";
  readonly remedy: string;

  constructor(code: SecretStoreError["code"], message: string, remedy: string) {
    super(message);
    this.name = "SecretStoreError";
    this.code = code;
    this.remedy = remedy;
  }
}

/** The remedy for a secret that is missing in this store. */
export function toSetRemedy(store: Pick<SecretStore, "howToSet">, name: string): string {
  return store.howToSet?.(name) ?? `Store it with \`gitnotify secrets set ${name}\`.`;
}

export function memberSecret(telegramId: string, connectionId: string): string {
  return `member/${telegramId}/${connectionId}`;
}

export function connectionSecret(connectionId: string): string {
  return `connection/${connectionId}`;
}

export const telegramSecret = "telegram";
