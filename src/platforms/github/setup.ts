import type { PlatformSetup, TokenOffer, TokenVerdict } from "../platform.js";
import { toApiUrl } from "./urls.js";

/** For the wizard. GitHub and GitHub Enterprise Server live at the root of their host, whatever page was copied. */
export const setup: PlatformSetup = {
  toBases: (url) => [toWebOrigin(url)],
  probeUrl: (connection) => `${toApiUrl(connection)}/meta`,
  // A private Enterprise Server answers 401, an old one 404, all of them as GitHub.
  isOwnAnswer: ({ status, headers, text }) =>
    status < 500 &&
    text.trimStart().startsWith("{") &&
    ("x-github-request-id" in headers || "x-github-media-type" in headers || isMeta(text)),
  tokenOffers,
  judgeToken,
};

/** `api.github.com` is where programs look, and people who copy from them. */
function toWebOrigin(url: URL): string {
  const isPublic = /^(www|api|gist)\.github\.com$/.test(url.hostname);
  return isPublic ? "https://github.com" : url.origin;
}

function isMeta(text: string): boolean {
  return text.includes('"verifiable_password_authentication"');
}

const readOrg = { name: "read:org", why: "your teams, so that a review asked of a team counts as yours" };

function tokenOffers({ url }: { url: string }): TokenOffer[] {
  return [
    {
      id: "full",
      label: "Everything: private repositories, your inbox, buttons that act",
      hint: "classic, scopes repo and read:org",
      url: toClassicPage(url, ["repo", "read:org"]),
      scopes: [
        { name: "repo", why: "repositories, runs and your notifications; retry, approve and merge" },
        readOrg,
      ],
    },
    {
      id: "read",
      label: "Only read, only chosen repositories",
      hint: "fine-grained; GitHub shows it no inbox",
      url: toFineGrainedPage(url),
      scopes: finePermissions.map(([, name, why]) => ({ name, why })),
    },
    {
      id: "public",
      label: "Only read, public repositories and your inbox",
      hint: "classic, scopes notifications and read:org",
      url: toClassicPage(url, ["notifications", "read:org"]),
      scopes: [{ name: "notifications", why: "your inbox: mentions, reviews, assignments" }, readOrg],
    },
  ];
}

/** GitHub fills in what the address says (documented for classic tokens; unknown keys do no harm). */
function toClassicPage(url: string, scopes: readonly string[]): string {
  return `${url}/settings/tokens/new?description=gitnotify&scopes=${scopes.join(",")}`;
}

const finePermissions = [
  ["actions", "Actions: read", "workflow runs and their logs"],
  ["contents", "Contents: read", "changes of documentation"],
  ["issues", "Issues: read", "comments"],
  ["pull_requests", "Pull requests: read", "pull requests and reviews"],
  ["statuses", "Commit statuses: read", "whether a commit is good"],
] as const;

function toFineGrainedPage(url: string): string {
  const permissions = finePermissions.map(([key]) => `${key}=read`).join("&");
  return `${url}/settings/personal-access-tokens/new?name=gitnotify&${permissions}`;
}

const shortLived = "Make a personal access token in its place.";

/** Prefixes: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/. Those of before 2021 are 40 hexadecimal digits. */
function judgeToken(token: string): TokenVerdict | null {
  if (/^github_pat_\w+$/.test(token)) return { usable: true, kind: "a fine-grained GitHub token" };
  if (/^ghp_/.test(token)) return { usable: true, kind: "a classic GitHub token" };
  if (/^gho_/.test(token))
    return { usable: true, kind: "a GitHub token of another program (like gh), which may withdraw it" };
  if (/^gh[us]_/.test(token))
    return { usable: false, why: `This is a token of a GitHub App, which ends after hours. ${shortLived}` };
  if (/^ghr_/.test(token))
    return {
      usable: false,
      why: `This is a refresh token of GitHub, with which nothing can be read. ${shortLived}`,
    };
  return null;
}
