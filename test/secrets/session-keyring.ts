import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SessionKeyring {
  /** The address for DBUS_SESSION_BUS_ADDRESS. */
  bus: string;
  /** Starts the keyring again without its password. */
  lock(): Promise<void>;
  /** Starts it again with its password. */
  unlock(): Promise<void>;
  stop(): Promise<void>;
}

export function hasSessionKeyring(): boolean {
  return process.platform === "linux" && ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"].every(exists);
}

function exists(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch (error) {
    // dbus-send knows no --version and complains; only a missing program has ENOENT.
    return !(error instanceof Error && "code" in error && error.code === "ENOENT");
  }
}

/** A session bus and a GNOME keyring of their own, with an empty, unlocked login keyring. */
export async function startSessionKeyring(): Promise<SessionKeyring> {
  const home = mkdtempSync(join(tmpdir(), "keyring-"));
  const daemon = spawn("dbus-daemon", ["--session", "--nofork", "--print-address"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(daemon.stdout, "data")) as [Buffer];
  const bus = line.toString().trim();
  // Without a screen the keyring cannot ask anybody, which is what a daemon meets.
  const rest = { ...process.env };
  delete rest["DISPLAY"];
  delete rest["WAYLAND_DISPLAY"];
  const env = {
    ...rest,
    HOME: home,
    XDG_DATA_HOME: home,
    XDG_RUNTIME_DIR: home,
    DBUS_SESSION_BUS_ADDRESS: bus,
  };

  const start = async (password: string | null): Promise<ChildProcess> => {
    const args = ["--foreground", "--components=secrets", password === null ? "--start" : "--unlock"];
    const child = spawn("gnome-keyring-daemon", password === null ? args.slice(0, 2) : args, {
      env,
      stdio: ["pipe", "ignore", "ignore"],
    });
    child.stdin?.end(password ?? "");
    for (let round = 0; !isOwned(env); round += 1) {
      if (round > 50) throw new Error("the keyring did not come up");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return child;
  };

  const password = "password of the test";
  let keyring = await start(password);
  const restart = async (password: string | null) => {
    await end(keyring);
    while (isOwned(env)) await new Promise((resolve) => setTimeout(resolve, 50));
    keyring = await start(password);
  };
  return {
    bus,
    lock: () => restart(null),
    unlock: () => restart(password),
    async stop() {
      await end(keyring);
      await end(daemon);
    },
  };
}

function isOwned(env: NodeJS.ProcessEnv): boolean {
  const call = "org.freedesktop.DBus.NameHasOwner";
  const args = [
    "--session",
    "--print-reply",
    "--dest=org.freedesktop.DBus",
    "/",
    call,
    "string:org.freedesktop.secrets",
  ];
  return execFileSync("dbus-send", args, { env, encoding: "utf8" }).includes("boolean true");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, "exit");
}
