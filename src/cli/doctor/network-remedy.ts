import type { HttpError, HttpErrorCode } from "../../lib/http.js";

/** What to do about a server that gives no answer. `of`: the connection's id, or `telegram`. */
export function toRemedy(error: HttpError, of: string): string {
  return error.remedy ?? remedies[error.code]({ host: error.host, keys: toKeys(of) });
}

interface Place {
  host: string;
  /** Where the keys of this server stand in config.yaml. */
  keys: string;
}

function toKeys(of: string): string {
  return of === "telegram" ? "telegram" : `the connection ${of}`;
}

const remedies: Record<HttpErrorCode, (place: Place) => string> = {
  dns: ({ keys }) => `Check the address of ${keys} in config.yaml, and this machine's DNS.`,
  refused: ({ host, keys }) =>
    `Check the port in the address of ${keys} in config.yaml, and whether ${host} runs.`,
  timeout: ({ keys }) =>
    `A firewall may stand in between. If this network needs a proxy, set HTTPS_PROXY, or \`proxy\` of ${keys} in config.yaml.`,
  tls: ({ keys }) =>
    `If the server is your own, set \`caFile\` of ${keys} in config.yaml to the certificate of its authority.`,
  proxy: ({ keys }) => `Check \`proxy\` of ${keys} in config.yaml, or HTTPS_PROXY in the environment.`,
  reset: ({ keys }) =>
    `Try again in a minute. If it stays, a firewall or proxy cuts the connection: see \`proxy\` of ${keys} in config.yaml.`,
  address: ({ keys }) =>
    `If that is your own server, set \`allowPrivateAddress: true\` for ${keys} in config.yaml.`,
  scheme: ({ keys }) => `Write the address of ${keys} in config.yaml with https://.`,
  redirect: ({ keys }) => `Write the address that it leads to into \`url\` of ${keys} in config.yaml.`,
  too_large: ({ keys }) => `Check the address of ${keys} in config.yaml: something else answers there.`,
  network: ({ keys }) => `Check the address of ${keys} in config.yaml, and this machine's network.`,
};
