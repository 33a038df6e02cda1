import { SecretStoreError } from "./secret-store.js";

/** The keyring did not answer within the time limit. */
export class KeyringSilent extends Error {}

type Trouble = "absent" | "locked" | "timeout" | "failed";

/**
 * The library gives every failure the code `GenericFailure` and tells them apart by their text alone. Seen with 2.1.2 on
 * Linux: no session bus ("Platform failure: DBus error"), a bus without a keyring ("no result found", or "not provided by
 * any .service files"), a locked one without anybody to unlock it ("unlock prompt was dismissed"). Those of macOS and
 * Windows are from the documentation of the systems' own calls.
 */
const signs: ReadonlyArray<[Trouble, RegExp]> = [
  [
    "locked",
    /prompt was dismissed|is locked|locked (collection|object)|interaction is not allowed|auth.* failed/i,
  ],
  [
    "absent",
    /d-?bus|no result found|\.service files|AccessDenied|native binding|keychain could not be found|logon session/i,
  ],
];

export const elsewhere = "or keep secrets elsewhere: `gitnotify secrets move file`.";

const remedies: Record<"linux" | "darwin" | "win32", Record<Trouble, string>> = {
  linux: {
    absent:
      "Run gitnotify inside a desktop session with a keyring (Debian, Ubuntu: sudo apt install gnome-keyring, then log in again), " +
      elsewhere,
    locked:
      "Unlock the login keyring: log in to the desktop, or run `gnome-keyring-daemon --unlock` in this session and type its password, " +
      elsewhere,
    timeout: `Answer the keyring's question if one is on the screen, or unlock the login keyring and try again, ${elsewhere}`,
    failed: `Look at the keyring with \`seahorse\` or \`secret-tool search service gitnotify\`, ${elsewhere}`,
  },
  darwin: {
    absent: `Create a login keychain in the app Keychain Access, ${elsewhere}`,
    locked: `Run \`security unlock-keychain\` and try again, ${elsewhere}`,
    timeout: `Answer the keychain's question on the screen (choose "Always Allow") and try again, ${elsewhere}`,
    failed: `Look for "gitnotify" in the app Keychain Access, ${elsewhere}`,
  },
  win32: {
    absent: `Run gitnotify as the user who is logged in, and start the Credential Manager with \`sc start VaultSvc\`, ${elsewhere}`,
    locked: `Log in to Windows as the user who stored the secret, ${elsewhere}`,
    timeout: `Restart the Credential Manager with \`sc stop VaultSvc\` and \`sc start VaultSvc\`, ${elsewhere}`,
    failed: `Look at Windows Credentials in the Control Panel's Credential Manager, ${elsewhere}`,
  },
};

const sentences: Record<Trouble, string> = {
  absent: "There is no keyring that gitnotify can reach on this machine.",
  locked: "The keyring is locked.",
  timeout: "The keyring did not answer in time.",
  failed: "The keyring failed.",
};

/** The text of the library is kept for `failed` alone, where nothing better is known. It holds no values. */
export function toKeyringError(cause: unknown, platform: NodeJS.Platform): SecretStoreError {
  const text = cause instanceof Error ? cause.message : "";
  const trouble = toTrouble(cause, text);
  const detail = trouble === "failed" && text !== "" ? ` It said: ${text.slice(0, 200)}` : "";
  const system = platform === "darwin" || platform === "win32" ? platform : "linux";
  return new SecretStoreError(trouble, sentences[trouble] + detail, remedies[system][trouble]);
}

function toTrouble(cause: unknown, text: string): Trouble {
  if (cause instanceof KeyringSilent || (cause instanceof Error && cause.name === "AbortError"))
    return "timeout";
  return signs.find(([, sign]) => sign.test(text))?.[0] ?? "failed";
}
