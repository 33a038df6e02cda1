import { type GitHubSandbox, startGitHubSandbox } from "./github/index.js";
import { type GitLabSandbox, startGitLabSandbox } from "./gitlab/index.js";
import { startTelegramSandbox, type TelegramSandbox } from "./telegram/index.js";

/** The three servers with a small company in them: a repository, a project, and three people. */
export interface Surroundings {
  github: GitHubSandbox;
  gitlab: GitLabSandbox;
  telegram: TelegramSandbox;
  /** The one whose tokens the daemon has, and who reads the chat. */
  reader: { login: string; telegramId: number };
  repository: string;
  project: string;
  tokens: { github: string; gitlab: string; telegram: string };
  close(): Promise<void>;
}

/** These open nothing anywhere: the sandbox alone knows them. */
const tokens = { github: "ghp_sandbox00000000000000000000000000000", gitlab: "glpat-sandbox0000000000" };

export async function startSurroundings(
  ports: { github?: number; gitlab?: number; telegram?: number; limits?: "real" | "none" } = {},
): Promise<Surroundings> {
  const [github, gitlab, telegram] = await Promise.all([
    startGitHubSandbox(ports.github === undefined ? {} : { port: ports.github }),
    startGitLabSandbox(ports.gitlab === undefined ? {} : { port: ports.gitlab }),
    startTelegramSandbox({
      limits: ports.limits ?? "real",
      ...(ports.telegram === undefined ? {} : { port: ports.telegram }),
    }),
  ]);
  const reader = { login: "mia", telegramId: 4242 };
  const names = { mia: "Mia", ann: "Ann", bob: "Bob" };
  for (const [login, name] of Object.entries(names)) {
    github.addUser(login, { name });
    gitlab.addUser(login, { name });
  }
  github.addToken(tokens.github, {
    login: reader.login,
    kind: "classic",
    scopes: ["repo", "notifications", "read:org"],
  });
  gitlab.addToken(tokens.gitlab, { username: reader.login, scopes: ["api"] });
  const members = Object.keys(names);
  github.addRepository("acme/api", { wiki: true, members });
  gitlab.addProject("platform/core", { wiki: true, members });
  telegram.addUser({ id: reader.telegramId, firstName: "Mia", username: "mia" });
  telegram.privateChat(reader.telegramId);
  return {
    ...{ github, gitlab, telegram, reader, repository: "acme/api", project: "platform/core" },
    tokens: { ...tokens, telegram: telegram.token },
    close: async () => void (await Promise.all([github.close(), gitlab.close(), telegram.close()])),
  };
}

/** A config.yaml that points at these servers. */
export function toConfigYaml({ github, gitlab, telegram }: Surroundings): string {
  return `# Points at the sandbox: local servers that speak the three APIs. Nothing here leaves this machine.
telegram:
  apiRoot: ${telegram.url}
connections:
  - id: github
    platform: github
    url: ${github.url}
    apiUrl: ${github.apiUrl}
    allowHttp: true
    allowPrivateAddress: true
  - id: work
    platform: gitlab
    url: ${gitlab.url}
    allowHttp: true
    allowPrivateAddress: true
polling: { inbox: "* * * * * *", pipelines: "* * * * * *", mergeRequests: "* * * * * *", repository: "* * * * * *", wiki: "* * * * * *", adaptive: false }
subscriptions:
  - to: owner
    projects: ["github:acme/api", "work:platform/core"]
  - to: owner
secrets: { store: env }
`;
}
