import type { Config } from "../../config/load.js";
import { HttpError } from "../../lib/http.js";
import { exitCode } from "../exit-code.js";
import { type Check, type Finding, toFinding, warning, well, wrong } from "./check.js";
import type { Ground } from "./ground.js";
import { toRemedy } from "./network-remedy.js";
import type { Answered, Site } from "./sites.js";

const dayMs = 86_400_000;
/** Who renews certificates by hand needs about so long. */
const soonMs = 14 * dayMs;

/** Each server that config.yaml names, without a token: name, proxy, connection, certificate. */
export const network: Check = {
  name: "network",
  needsSettings: true,
  when: "beside",
  look: async (ground) => {
    const { config } = ground;
    if (config === null) return [];
    const sites = await ground.sites(config);
    const found = await Promise.all(toHosts(sites).map((host) => lookAt(ground, config, host)));
    return found.flat();
  },
};

interface Host {
  /** Whom it serves: several connections may share a server. */
  of: string[];
  sites: Site[];
}

/** One line for each server; connections to the same one may go different ways there, and each is asked. */
function toHosts(sites: readonly Site[]): Host[] {
  const hosts = new Map<string, Host>();
  for (const site of sites) {
    const host = hosts.get(site.url.origin) ?? { of: [], sites: [] };
    hosts.set(site.url.origin, { of: [...host.of, site.of], sites: [...host.sites, site] });
  }
  return [...hosts.values()];
}

async function lookAt(ground: Ground, config: Config, host: Host): Promise<Finding[]> {
  const asked = await Promise.all(
    host.sites.map((site) =>
      ground.ask(config, site).then(
        (answered) => ({ site, answered }),
        (error: unknown) => ({ site, error }),
      ),
    ),
  );
  const failed = asked.flatMap((one) => ("error" in one ? [toFailed(one.site, one.error)] : []));
  const reached = asked.flatMap((one) => ("answered" in one ? [one] : []));
  const first = reached[0];
  if (first === undefined) return failed;
  const of = reached.map(({ site }) => site.of);
  return [toReached(first.site, of, { ...first.answered, now: ground.clock.now() }), ...failed];
}

function toFailed(site: Site, error: unknown): Finding {
  if (!(error instanceof HttpError)) return toFinding(error, `${site.of}: `);
  return wrong(`${site.of}: ${error.message}`, toRemedy(error, site.of), exitCode.unreachable);
}

function toReached(site: Site, of: string[], answered: Answered & { now: number }): Finding {
  const { certificate, tookMs, now } = answered;
  const through = site.proxy === null ? "" : ` through the proxy ${site.proxy}`;
  const name = `${of.join(", ")}: ${site.url.host} answers${through}`;
  const took = `${Math.round(tookMs)} ms`;
  if (certificate === null) return well(`${name} (${took})`);
  const leftMs = certificate.validTo - now;
  const days = Math.max(0, Math.floor(leftMs / dayMs));
  const day = new Date(certificate.validTo).toISOString().slice(0, 10);
  if (leftMs >= soonMs) return well(`${name} (${took}, certificate until ${day})`);
  return warning(
    `${name}, but its certificate ends in ${days} day${days === 1 ? "" : "s"} (${day}).`,
    `Whoever runs ${site.url.host} has to renew it (issued by ${certificate.issuer}).`,
  );
}
