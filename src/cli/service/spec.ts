import type { Home } from "../../config/home.js";
import type { ServiceSpec } from "../../service/service.js";
import type { CliContext } from "../context.js";
import { readVersion } from "../version.js";
import type { Program } from "./program.js";

/** What of the terminal's environment the daemon needs too, and no service manager passes on. */
const carried = [
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  "XDG_STATE_HOME",
  "XDG_CACHE_HOME",
  "HTTPS_PROXY",
  "https_proxy",
  "HTTP_PROXY",
  "http_proxy",
  "ALL_PROXY",
  "all_proxy",
  "NO_PROXY",
  "no_proxy",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "TZ",
] as const;

/** The service of this person and this home. `notes`: what could not be taken along. */
export function toUserSpec(options: {
  context: CliContext;
  home: Home;
  program: Program;
  platform: NodeJS.Platform;
}): { spec: ServiceSpec; notes: string[] } {
  const { context, home, program, platform } = options;
  const { environment, notes } = toEnvironment(context.env, platform);
  const { config } = context.globals();
  const words = [
    ...(home.scope === "folder" ? ["--home", home.stateDir] : []),
    ...(config === undefined ? [] : ["--config", home.configFile]),
  ];
  const spec: ServiceSpec = {
    ...program,
    options: words,
    environment,
    logsDir: home.logsDir,
    home: home.stateDir,
    version: readVersion(),
    secrets: [],
    files: {},
  };
  return { spec, notes };
}

/** The service of the machine, whose home is fixed. */
export function toSystemSpec(
  program: Program,
  home: string,
  needs: Pick<ServiceSpec, "secrets" | "files">,
): ServiceSpec {
  return {
    ...program,
    ...needs,
    options: [],
    environment: { GITNOTIFY_HOME: home, ...forMemory },
    logsDir: `${home}/logs`,
    home,
    version: readVersion(),
  };
}

/** Each thread of Node's pool would take an arena of its own from glibc and keep it. */
const forMemory = { MALLOC_ARENA_MAX: "2" };

function toEnvironment(env: CliContext["env"], platform: NodeJS.Platform) {
  const environment: Record<string, string> = platform === "linux" ? { ...forMemory } : {};
  const notes: string[] = [];
  const files = Object.keys(env).filter((name) => /^GITNOTIFY_(SECRET_\w+|PASSPHRASE)_FILE$/.test(name));
  for (const name of [...carried, ...files.sort()]) {
    const value = env[name];
    if (value === undefined || value === "") continue;
    if (/:\/\/[^/@]*:[^/@]*@/.test(value)) {
      notes.push(
        `${name} holds a password, which is not written into the service: set it there yourself (on systemd: systemctl --user edit gitnotify).`,
      );
    } else environment[name] = value;
  }
  return { environment, notes };
}
