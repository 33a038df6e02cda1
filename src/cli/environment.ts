import util from "node:util";
import { isSecretVariable } from "../lib/child-environment.js";
import { CliError, exitCode } from "./exit-code.js";

export type Environment = Record<string, string | undefined>;

/** What undici would tell of each request, its path with Telegram's token included. */
const telling = ["undici", "fetch", "websocket"];

/** Flags with which Node writes down what opens or is inside an encrypted connection. They cannot be taken back once it runs. */
const openingFlags = /(?:^|\s)--(tls[-_]keylog|trace[-_]tls)(?=[\s=]|$)/;

/**
 * The environment for everything that runs in this process, without what would give secrets away: called before any request can be
 * made. Throws `CliError` for what cannot be undone in a process that runs.
 */
export function secureEnvironment(
  { env, execArgv = [] }: { env: Environment; execArgv?: readonly string[] },
  warn: (sentence: string) => void,
): Environment {
  refuseUnsafe(env, execArgv.join(" "));
  quieten(env["NODE_DEBUG"], warn);
  return takeSecrets(env);
}

function refuseUnsafe(env: Environment, flags: string): void {
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    throw unsafe(
      "NODE_TLS_REJECT_UNAUTHORIZED=0 would send your tokens to any server that pretends to be the right one",
      "Remove the variable. For a certificate of your own authority, set `caFile` in config.yaml to its PEM file.",
    );
  }
  const flag = openingFlags.exec(`${env["NODE_OPTIONS"] ?? ""} ${flags}`)?.[1]?.replace("_", "-");
  if (flag !== undefined) {
    throw unsafe(
      `Node's --${flag} would write down what opens the encrypted connections that your tokens travel in`,
      "Remove it from NODE_OPTIONS, or from the command that starts gitnotify.",
    );
  }
  if (names(env["NODE_DEBUG"], "stream")) {
    throw unsafe(
      "NODE_DEBUG with the section `stream` would print whatever is read, tokens included",
      "Remove the section from NODE_DEBUG. `--log-level debug` tells what gitnotify does.",
    );
  }
}

/** The sections of Node itself are fixed by now, and tell addresses alone; a library asks for its own when it is loaded. */
function quieten(debug: string | undefined, warn: (sentence: string) => void): void {
  if (!telling.some((section) => names(debug, section))) return;
  const silent = Object.assign(() => undefined, { enabled: false });
  const debuglog = () => silent;
  Object.assign(util, { debuglog, debug: debuglog });
  warn("NODE_DEBUG is ignored for requests, because it would print tokens; --log-level debug tells of them.");
}

/** Whether Node would turn that section on: names between commas, in any case, with * for anything. */
function names(debug: string | undefined, section: string): boolean {
  return (debug ?? "").split(",").some((word) => {
    const parts = word.split("*").map((part) => part.replace(/[|\\{}()[\]^$+?.]/g, String.raw`\$&`));
    return new RegExp(`^${parts.join(".*")}$`, "i").test(section);
  });
}

/** Whoever needs them gets a copy: what Node writes into a report, and what a child inherits, no longer has them. */
function takeSecrets(env: Environment): Environment {
  const copy = { ...env };
  for (const name of Object.keys(env)) {
    if (isSecretVariable(name)) delete env[name];
  }
  return copy;
}

function unsafe(message: string, remedy: string): CliError {
  return new CliError(exitCode.configInvalid, message, remedy);
}
