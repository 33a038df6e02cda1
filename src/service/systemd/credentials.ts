import { credentialStore, toCredentialName } from "../../secrets/systemd.js";

export interface Credential {
  /** The name by which the daemon knows it; it is sealed into the file too. */
  id: string;
  /** The encrypted file. */
  path: string;
}

/** Where the encrypted value of a secret lies. Services of other names have files of their own. */
export function toCredential(secret: string, service: string): Credential {
  const id = toCredentialName(secret);
  return { id, path: `${credentialStore}/${id.replace(/^gitnotify/, service)}` };
}

/**
 * Encrypts stdin with the key of this machine that only root reads. Not with its TPM as well: that key is bound to the state of the
 * firmware, whose next update would leave the daemon without its tokens.
 */
export function toEncryptCommand({ id }: Credential): string[] {
  return ["systemd-creds", "encrypt", "--with-key=host", `--name=${id}`, "-", "-"];
}
