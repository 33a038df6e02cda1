import type { PlatformSetup, TokenOffer, TokenVerdict } from "../platform.js";

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
  const [path = ""] = url.pathname.split("/-/", 1);
  const parts = path
    .replace(/\/api\/v4.*$/, "")
    .split("/")
    .filter((part) => part !== "" && part !== "-");
  const bases = parts.map((_, index) => [url.origin, ...parts.slice(0, parts.length - index)].join("/"));
  // A sub-path is one or two parts; a deeper address is that of a project.
  return [...bases.filter((base) => base.split("/").length <= 5), url.origin];
}

function tokenOffers({ url }: { url: string }): TokenOffer[] {
  const page = (scopes: string) =>
    `${url}/-/user_settings/personal_access_tokens?name=gitnotify&scopes=${scopes}`;
  return [
    {
      id: "full",
      label: "Everything: your projects, your to-dos, buttons that act",
      hint: "scope api",
      url: page("api"),
      scopes: [{ name: "api", why: "projects, pipelines and to-dos; retry, approve and merge" }],
    },
    {
      id: "read",
      label: "Only read: nothing can be changed with it",
      hint: "scope read_api",
      url: page("read_api"),
      scopes: [{ name: "read_api", why: "projects, pipelines, merge requests and to-dos" }],
    },
  ];
}

/** Prefixes: https://docs.gitlab.com/security/tokens/#token-prefixes. An instance may have one of its own for personal tokens. */
const others: ReadonlyArray<[RegExp, string]> = [
  [/^gldt-/, "a deploy token of GitLab, which reads code and packages only"],
  [/^glrtr?-/, "a token of a GitLab runner"],
  [/^glcbt-/, "the token of one GitLab job, which ends with it"],
  [/^glptt-/, "a trigger token of GitLab, which can only start a pipeline"],
  [/^glft-/, "a feed token of GitLab, which reads calendars and feeds only"],
  [/^glimt-/, "a token of GitLab for incoming mail"],
  [/^glagent-/, "a token of GitLab's agent for Kubernetes"],
  [/^gloas-/, "the secret of a GitLab application"],
  [/^glsoat-/, "a SCIM token of GitLab"],
];

function judgeToken(token: string): TokenVerdict | null {
  if (/^glpat-/.test(token)) return { usable: true, kind: "a personal access token of GitLab" };
  const other = others.find(([prefix]) => prefix.test(token));
  if (other === undefined) return null;
  return {
    usable: false,
    why: `This is ${other[1]}. Make a personal access token (it starts with glpat-) in its place.`,
  };
}
