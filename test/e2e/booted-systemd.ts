import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** A machine of its own in a container: a systemd that really booted, its own /etc, /var and network, the host's /usr. */
export interface Booted {
  /** Its root folder, as this process sees it. */
  root: string;
  /** Where the checkout and the Node program are inside. */
  app: string;
  node: string;
  run: (argv: readonly string[], options?: InsideOptions) => Promise<Ran>;
  /** Like `run`; rejects with everything that was said unless it ends with 0. Its stdout. */
  must: (argv: readonly string[], options?: InsideOptions) => Promise<string>;
  /** A real one: everything ends, and what is enabled starts. */
  reboot: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface InsideOptions {
  input?: string;
  env?: Record<string, string>;
  /** Without a session of theirs, as in cron. Default root. */
  user?: string;
}

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Why this machine cannot boot one; null when it can. */
export function whyNoBoot(): string | null {
  if (process.platform !== "linux") return "needs Linux";
  if (process.getuid?.() !== 0) return "needs root";
  const missing = ["systemd-nspawn", "nsenter", "systemctl"].find((program) => !isThere(program));
  if (missing !== undefined) return `needs ${missing}`;
  return existsSync("/lib/systemd/systemd") && existsSync("/usr/bin/systemd-notify") ? null : "needs systemd";
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A path with what people and systemd's syntax stumble over. */
const folder = "/opt/gït nötify 100%i $HOME ${x} 'q'";

export async function bootSystemd(): Promise<Booted> {
  const root = mkdtempSync(join(tmpdir(), "gitnotify-boot-"));
  chmodSync(root, 0o755);
  furnish(root);
  const app = `${folder}/app`;
  const node = `${folder}/node/bin/node`;
  for (const inside of [app, dirname(node)]) mkdirSync(join(root, inside), { recursive: true });
  writeFileSync(join(root, node), "");
  const words = [
    ...["--quiet", `--directory=${root}`, "--bind-ro=/usr", `--bind-ro=${checkout}:${app}`],
    ...[`--bind-ro=${process.execPath}:${node}`, "--register=no", "--keep-unit", "--private-network"],
    ...[`--machine=gitnotify-${process.pid}`, "--console=pipe", "--boot"],
  ];
  const container: Container = { words, nspawn: null, screen: [], isGone: false };
  const booted = createBooted({ root, app, node, container });
  try {
    await turnOn(container, booted);
    return booted;
  } catch (error) {
    await booted.stop();
    throw error;
  }
}

interface Container {
  words: readonly string[];
  nspawn: ChildProcess | null;
  /** What the boot printed. */
  screen: string[];
  /** A test that gave up may still wait for a reboot that nobody needs any more. */
  isGone: boolean;
}

async function turnOn(container: Container, booted: Booted): Promise<void> {
  if (container.isGone) throw new Error("the container is gone");
  const nspawn = spawn("systemd-nspawn", container.words, { stdio: ["ignore", "pipe", "pipe"] });
  container.nspawn = nspawn;
  process.once("exit", () => nspawn.kill("SIGKILL"));
  for (const stream of [nspawn.stdout, nspawn.stderr])
    stream.on("data", (chunk: Buffer) => container.screen.push(String(chunk)));
  try {
    await until(async () => {
      if (nspawn.exitCode !== null) throw new Error("systemd-nspawn has ended");
      const { stdout } = await booted.run(["systemctl", "is-system-running"]);
      return ["running", "degraded"].includes(stdout.trim());
    }, 40_000);
  } catch (error) {
    throw new Error(`the container did not boot: ${container.screen.join("").slice(-3_000)}`, {
      cause: error,
    });
  }
}

/** What a root needs beside /usr, from this machine; none of its services are enabled. */
function furnish(root: string): void {
  for (const name of [
    "etc/systemd/system",
    "etc/systemd/user",
    "var",
    "root",
    "home",
    "opt",
    "usr",
    "tmp",
    "run",
    "proc",
    "sys",
    "dev",
    "srv",
  ])
    mkdirSync(join(root, name), { recursive: true });
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    if (existsSync(`/${name}`)) symlinkSync(readlinkSync(`/${name}`), join(root, name));
  }
  const wanted = [
    "pam.d",
    "nsswitch.conf",
    "ld.so.conf",
    "ld.so.conf.d",
    "ld.so.cache",
    "dbus-1",
    "security",
    "login.defs",
    "alternatives",
  ];
  for (const name of wanted.filter((one) => existsSync(`/etc/${one}`)))
    cpSync(`/etc/${name}`, join(root, "etc", name), { recursive: true, verbatimSymlinks: true });
  writeFileSync(join(root, "etc/os-release"), readFileSync("/etc/os-release"));
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0::/root:/bin/bash\nmessagebus:x:100:100::/:/bin/false\nmia:x:1000:1000::/home/mia:/bin/bash\n",
  );
  writeFileSync(
    join(root, "etc/group"),
    "root:x:0:\nmessagebus:x:100:\nmia:x:1000:\nsystemd-journal:x:101:mia\n",
  );
  writeFileSync(join(root, "etc/shadow"), "root:*:19000::::::\nmia:*:19000::::::\n", { mode: 0o600 });
  // Without an identity systemd would take this for a first boot and enable whatever is in /usr.
  writeFileSync(join(root, "etc/machine-id"), "0123456789abcdef0123456789abcdef\n");
  mkdirSync(join(root, "home/mia"));
  execFileSync("chown", ["1000:1000", join(root, "home/mia")]);
  // With the old kind of cgroups, systemd in a container does not learn that a person's manager has ended, and waits for two minutes.
  mkdirSync(join(root, "etc/systemd/system/user@.service.d"));
  writeFileSync(join(root, "etc/systemd/system/user@.service.d/test.conf"), "[Service]\nTimeoutStopSec=2\n");
  // Logs that outlive the reboot, which `logs` is tried on.
  mkdirSync(join(root, "var/log/journal"), { recursive: true });
}

function createBooted(given: { root: string; app: string; node: string; container: Container }): Booted {
  const { root, app, node, container } = given;
  const run: Booted["run"] = (argv, options = {}) => runInside(container, argv, options);
  const booted: Booted = {
    ...{ root, app, node, run },
    must: async (argv, options) => {
      const ran = await run(argv, options);
      if (ran.code === 0) return ran.stdout;
      throw new Error(`${argv.join(" ")}\nended with ${ran.code}\n${ran.stdout}${ran.stderr}`);
    },
    reboot: async () => {
      const ended = container.nspawn === null ? Promise.resolve() : once(container.nspawn, "exit");
      await run(["systemctl", "reboot"]);
      // It leaves it to whoever started it to start it again.
      await ended;
      await turnOn(container, booted);
    },
    stop: async () => {
      const { nspawn } = container;
      container.isGone = true;
      const leader = leaderOf(container);
      if (leader !== null) process.kill(leader, "SIGKILL");
      if (nspawn?.exitCode === null && nspawn.signalCode === null) await once(nspawn, "exit");
      rmSync(root, { recursive: true, force: true });
    },
  };
  return booted;
}

/** The first process of the container: it changes with each boot. */
function leaderOf({ nspawn }: Container): number | null {
  try {
    const children = readFileSync(`/proc/${nspawn?.pid}/task/${nspawn?.pid}/children`, "utf8").trim();
    return children === "" ? null : Number(children.split(" ")[0]);
  } catch {
    return null;
  }
}

function runInside(
  container: Container,
  argv: readonly string[],
  { input = "", env = {}, user }: InsideOptions,
): Promise<Ran> {
  const leader = leaderOf(container);
  if (leader === null) return Promise.resolve({ code: 1, stdout: "", stderr: "the container is down" });
  const home = user === undefined ? "/root" : `/home/${user}`;
  const variables = { PATH: "/usr/sbin:/usr/bin", HOME: home, LANG: "C.UTF-8", ...env };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const as = user === undefined ? [] : ["setpriv", "--reuid", user, "--regid", user, "--init-groups"];
  const words = [
    "-t",
    String(leader),
    "-m",
    "-u",
    "-i",
    "-n",
    "-p",
    "--",
    "env",
    "-i",
    "-C",
    "/",
    ...assignments,
    ...as,
    ...argv,
  ];
  return new Promise((resolve) => {
    const child = spawn("nsenter", words, { stdio: "pipe" });
    const text = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (text.stdout += String(chunk)));
    child.stderr.on("data", (chunk: Buffer) => (text.stderr += String(chunk)));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.once("close", (code) => resolve({ code: code ?? 1, ...text }));
  });
}

export async function until(isTrue: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${isTrue.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
