import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, hasProgram, startProgram } from "./program.js";

const helper = "/usr/lib/squid/basic_ncsa_auth";

export const hasSquid = hasProgram("squid") && existsSync(helper) && hasProgram("openssl", "version");

export interface Squid {
  port: number;
  /** Targets of CONNECT that were let through, in order of their end, with the user. */
  tunnels(): string[];
  stop(): Promise<void>;
}

/**
 * A real squid that wants the user `ann` with the password `pass word` and forbids `denied.test`. `names` are the hosts that it
 * alone can resolve: all of them are on this machine.
 */
export async function startSquid(names: readonly string[], port?: number): Promise<Squid> {
  const folder = mkdtempSync(join(tmpdir(), "squid-"));
  // Started as root, squid goes on as a user of its own.
  chmodSync(folder, 0o777);
  const own = port ?? (await freePort());
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("hosts", names.map((name) => `127.0.0.1 ${name}\n`).join(""));
  const hash = execFileSync("openssl", ["passwd", "-apr1", "pass word"], { encoding: "utf8" });
  write("users", `ann:${hash}`);
  write("squid.conf", toSettings(folder, own));
  const program = await startProgram("squid", ["-N", "-f", join(folder, "squid.conf")], own);
  return {
    port: own,
    tunnels: () => {
      const log = join(folder, "access.log");
      const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
      return lines.flatMap((line) => /TCP_TUNNEL\/200 (\S+) (\S+)/.exec(line)?.slice(1, 3).join(" ") ?? []);
    },
    stop: async () => {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function toSettings(folder: string, port: number): string {
  return `http_port 127.0.0.1:${port}
pid_filename none
hosts_file ${folder}/hosts
dns_nameservers 127.0.0.1
dns_timeout 1 second
cache deny all
cache_mem 1 MB
cache_log ${folder}/cache.log
cache_store_log none
logformat told %Ss/%03>Hs %ru %un
access_log stdio:${folder}/access.log told
buffered_logs off
coredump_dir ${folder}
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
auth_param basic program ${helper} ${folder}/users
auth_param basic children 1 startup=1 idle=1
auth_param basic realm test
acl denied dstdomain denied.test
acl known proxy_auth REQUIRED
http_access deny denied
http_access allow known
http_access deny all
`;
}
