import type { Routes } from "../../domain/routes.js";

/** GitHub.com, GHE.com and GitHub Enterprise Server: always owner/name, whatever follows. */
export const routes: Routes = {
  label: "GitHub",
  nested: false,
  ownPages: [
    "about", "access", "account", "admin", "advisories", "api", "apps", "assets", "auth", "avatars", "billing", "blog",
    "business", "changelog", "codeload", "codespaces", "collections", "community", "contact", "copilot", "customer-stories",
    "dashboard", "developer", "discussions", "edu", "education", "enterprise", "enterprises", "events", "explore", "features",
    "gist", "gists", "help", "home", "images", "inbox", "integrations", "issues", "join", "languages", "legal", "login",
    "logout", "marketplace", "mirrors", "mobile", "models", "new", "news", "newsroom", "nonprofit", "notifications", "oauth",
    "open-source", "pages", "partners", "personal", "plans", "premium-support", "press", "pricing", "pulls", "raw", "readme",
    "render", "repositories", "resources", "search", "security", "services", "session", "sessions", "settings", "setup",
    "showcases", "signin", "signup", "site", "solutions", "sponsors", "ssh", "staff", "stafftools", "starred", "stars",
    "status", "storage", "styleguide", "support", "team", "teams", "terms", "topics", "tos", "trending", "watching",
    "why-github", "wiki",
  ], // prettier-ignore
  groupPages: [
    { word: "orgs", nested: false, except: [] },
    { word: "organizations", nested: false, except: ["new", "plan"] },
    { word: "users", nested: false, except: [] },
  ],
  projectPages: [],
  reserved: [],
  endsBefore: {},
  subjects: [
    { type: "merge_request", page: /^pull\/(\d{1,15})(?:[/.]|$)/i },
    { type: "pipeline", page: /^actions\/runs\/(\d{1,15})(?:\/|$)/i },
  ],
  otherHosts: { "github.com": ["ssh.github.com"] },
  webUrls: [
    { from: /^https?:\/\/(?:www|api|gist)\.github\.com(?:\/.*)?$/i, to: "https://github.com" },
    { from: /^(https?:\/\/)api\.([^/.]+\.ghe\.com)(?:\/.*)?$/i, to: "$1$2" },
    { from: /^(https?:\/\/[^/]+)\/.+$/i, to: "$1" },
  ],
};
