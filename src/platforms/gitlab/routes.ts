import type { Routes } from "../../domain/routes.js";

const numbered = /^(?:\d+(?:\.\w+)?|new)$/i;

/**
 * GitLab lays its pages behind `/-/` since 12, because a project may be called almost anything (`releases`, `settings`). Addresses
 * of before are still pasted and still lead there: of those words only the ones that GitLab reserves below a project end its path.
 */
export const routes: Routes = {
  label: "GitLab",
  nested: true,
  ownPages: [
    ".well-known", "404.html", "422.html", "500.html", "502.html", "503.html", "abuse_reports", "admin", "api",
    "apple-touch-icon.png", "assets", "autocomplete", "dashboard", "deploy.html", "explore", "favicon.ico", "favicon.png",
    "files", "health_check", "help", "import", "invites", "jwt", "login", "oauth", "profile", "projects", "public",
    "robots.txt", "s", "search", "sitemap", "sitemap.xml", "sitemap.xml.gz", "slash-command-logo.png", "snippets", "u",
    "unsubscribes", "uploads", "v2",
  ], // prettier-ignore
  groupPages: [
    { word: "groups", nested: true, except: ["new", "-"] },
    {
      word: "users",
      nested: false,
      except: ["-", "auth", "confirmation", "identity_verification", "password", "sign_in", "sign_out", "sign_up", "terms", "unlock"],
    }, // prettier-ignore
  ],
  projectPages: ["-/ide/project"],
  marker: "-",
  reserved: [
    "badges", "blame", "blob", "builds", "commits", "create", "create_dir", "edit", "environments/folders", "files",
    "find_file", "gitlab-lfs/objects", "info/lfs/objects", "new", "preview", "raw", "refs", "tree", "update", "wikis",
  ], // prettier-ignore
  endsBefore: {
    merge_requests: numbered,
    pipelines: numbered,
    issues: numbered,
    jobs: numbered,
    snippets: numbered,
    milestones: numbered,
    commit: /^[\da-f]{7,64}(?:\.\w+)?$/i,
    compare: /\.\.\./,
  },
  subjects: [
    { type: "merge_request", page: /^merge_requests\/(\d{1,15})(?:[/.]|$)/i },
    { type: "pipeline", page: /^pipelines\/(\d{1,15})(?:[/.]|$)/i },
  ],
  otherHosts: { "gitlab.com": ["altssh.gitlab.com"] },
  webUrls: [{ from: /^(https?:\/\/[^/]+(?:\/.+?)?)\/api\/(?:v\d+|graphql)(?:\/.*)?$/i, to: "$1" }],
};
