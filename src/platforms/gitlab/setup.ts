import { toWebUrl } from "../../domain/routes.js";
import type { PlatformSetup, TokenOffer, TokenVerdict } from "../platform.js";
import { routes } from "./routes.js";

/** For the wizard. A GitLab may live below a path, so that the path of a pasted address may be its own or a project's. */
export const setup: PlatformSetup = {
  toBases,
  probeUrl: ({ url, apiUrl }) => `${apiUrl ?? `${url}/api/v4`}/version`,
  // Without a token GitLab says 401 in JSON of its own; nobody else has this address.
  isOwnAnswer: ({ status, headers, text }) =>
    (status === 401 && /"401 Unauthorized"/.test(text)) ||
    (status === 200 && /"version"\s*:/.test(text) && /"revision"\s*:/.test(text)) ||
    (status < 500 && "x-gitlab-meta" in headers && text.trimStart().startsWith("{")),
  tokenOffers,
  judgeToken,
};

/** The address as it is without GitLab's own pages, then without its last parts one by one. */
function toBases(url: URL): string[] {
  const [path = ""] = new URL(toWebUrl(routes, `${url.origin}${url.pathname}`)).pathname.split("/-/", 1);
  const parts = path.split("/").filter((part) => part !== "" && part !== "-");
  const bases = parts.map((_, index) => [url.origin, ...parts.slice(0, parts.length - index)].join("/"));
  // A sub-path is one or two parts; a deeper address is that of a project.
  return [...bases.filter((base) => base.split("/").length <= 5), url.origin];
}

function tokenOffers({ url }: { url: string }): TokenOffer[] {
  const toOffer = (id: string, scope: string) => ({
    ...{ id, scopes: [scope] },
    url: `${url}/-/user_settings/personal_access_tokens?name=gitnotify&scopes=${scope}`,
  });
  return [toOffer("full", "api"), toOffer("read", "read_api")];
}

/** Prefixes: https://docs.gitlab.com/security/tokens/#token-prefixes. An instance may have one of its own for personal tokens. */
const others: ReadonlyArray<[RegExp, string]> = [
  [/^gldt-/, "deploy"],
  [/^glrtr?-/, "runner"],
  [/^glcbt-/, "job"],
  [/^glptt-/, "trigger"],
  [/^glft-/, "feed"],
  [/^glimt-/, "mail"],
  [/^glagent-/, "agent"],
  [/^gloas-/, "application"],
  [/^glsoat-/, "scim"],
];

function judgeToken(token: string): TokenVerdict | null {
  if (/^glpat-/.test(token)) return { usable: true };
  const other = others.find(([prefix]) => prefix.test(token));
  return other === undefined ? null : { usable: false, why: other[1] };
}
