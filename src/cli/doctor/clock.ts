import type { Config } from "../../config/load.js";
import { toSpan } from "../format.js";
import { type Check, type Finding, warning, well, wrong } from "./check.js";
import type { Ground } from "./ground.js";

/** From here on something is odd; a few seconds are the network's. */
const oddMs = 30_000;
/** From here on certificates, expiry of tokens and times that people read are wrong. */
const wrongMs = 5 * 60_000;

/** This machine's clock against those of the servers. */
export const clock: Check = {
  name: "clock",
  needsSettings: true,
  when: "beside",
  look: async (ground) => (ground.config === null ? [] : look(ground, ground.config)),
};

async function look(ground: Ground, config: Config): Promise<Finding[]> {
  const sites = await ground.sites(config);
  const asked = await Promise.allSettled(sites.map((site) => ground.ask(config, site)));
  const ahead = asked.flatMap((one) =>
    one.status === "fulfilled" && one.value.aheadMs !== null ? [one.value.aheadMs] : [],
  );
  const off = toOffset(ahead);
  // Who is not reached tells no time, and the check of the network has said so.
  return off === null ? [] : [toFinding(off)];
}

/** The one in the middle: a single server whose own clock is wrong says nothing of ours. */
export function toOffset(aheadMs: readonly number[]): number | null {
  const sorted = [...aheadMs].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

function toFinding(aheadMs: number): Finding {
  const off = Math.abs(aheadMs);
  if (off <= oddMs) return well("clock agrees with the servers");
  const text = `This machine's clock is ${toSpan(off)} ${aheadMs > 0 ? "slow" : "fast"}.`;
  return off > wrongMs ? wrong(text, remedy()) : warning(text, remedy());
}

function remedy(): string {
  const how = {
    linux: "Run `sudo timedatectl set-ntp true`",
    darwin: "Run `sudo sntp -sS time.apple.com`",
    win32: "Run `w32tm /resync` as an administrator",
  };
  const known: Record<string, string> = how;
  return `${known[process.platform] ?? "Set it by NTP"}, so that it is set by the network.`;
}
