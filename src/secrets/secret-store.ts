/**
 * Where tokens live. Names are `telegram`, `connection/<id>`, `member/<telegram id>/<connection id>`. Values never appear in
 * an error. Every call settles within three seconds or rejects with `SecretStoreError`.
 */
export interface SecretStore {
  /** As in config.yaml: `keyring`, `env`. */
  id: string;
  /** null when there is none by that name. */
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  /** True when there was one. */
  delete(name: string): Promise<boolean>;
  list(): Promise<string[]>;
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

export function memberSecret(telegramId: string, connectionId: string): string {
  return `member/${telegramId}/${connectionId}`;
}

export function connectionSecret(connectionId: string): string {
  return `connection/${connectionId}`;
}

export const telegramSecret = "telegram";
