import { toWebUrl } from "../../domain/routes.js";
import type { PlatformSetup, TokenOffer, TokenVerdict } from "../platform.js";
import { routes } from "./routes.js";
import { toApiUrl } from "./urls.js";

/** For the wizard. GitHub and GitHub Enterprise Server live at the root of their host, whatever page was copied. */
export const setup: PlatformSetup = {
  toBases: (url) => [new URL(toWebUrl(routes, `${url.origin}${url.pathname}`)).origin],
  probeUrl: (connection) => `${toApiUrl(connection)}/meta`,
  // A private Enterprise Server answers 401, an old one 404, all of them as GitHub.
  isOwnAnswer: ({ status, headers, text }) =>
    status < 500 &&
    text.trimStart().startsWith("{") &&
    ("x-github-request-id" in headers || "x-github-media-type" in headers || isMeta(text)),
  tokenOffers,
  judgeToken,
};

function isMeta(text: string): boolean {
  return text.includes('"verifiable_password_authentication"');
}

function tokenOffers({ url }: { url: string }): TokenOffer[] {
  const toClassic = (id: string, scopes: readonly string[]) => ({
    ...{ id, scopes, url: toClassicPage(url, scopes) },
  });
  return [
    toClassic("full", ["repo", "read:org"]),
    { id: "read", url: toFineGrainedPage(url), scopes: finePermissions.map(([, name]) => name) },
    toClassic("public", ["notifications", "read:org"]),
  ];
}

/** GitHub fills in what the address says (documented for classic tokens; unknown keys do no harm). */
function toClassicPage(url: string, scopes: readonly string[]): string {
  return `${url}/settings/tokens/new?description=gitnotify&scopes=${scopes.join(",")}`;
}

const finePermissions = [
  ["actions", "Actions: read"],
  ["contents", "Contents: read"],
  ["issues", "Issues: read"],
  ["pull_requests", "Pull requests: read"],
  ["statuses", "Commit statuses: read"],
] as const;

function toFineGrainedPage(url: string): string {
  const permissions = finePermissions.map(([key]) => `${key}=read`).join("&");
  return `${url}/settings/personal-access-tokens/new?name=gitnotify&${permissions}`;
}

/** Prefixes: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/. Those of before 2021 are 40 hexadecimal digits. */
function judgeToken(token: string): TokenVerdict | null {
  if (/^gh[us]_/.test(token)) return { usable: false, why: "app" };
  if (/^ghr_/.test(token)) return { usable: false, why: "refresh" };
  return /^github_pat_\w+$|^gh[po]_/.test(token) ? { usable: true } : null;
}
