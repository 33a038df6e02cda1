import { readAll } from "../prompt.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { describeProblem } from "../settings.js";
import { type Answers, answersSchema, readAnswers } from "./answers.js";

export interface InitFlags {
  nonInteractive?: boolean;
  answers?: string;
  /** true: the usual address. */
  github?: string | true;
  gitlab?: string | true;
  caFile?: string;
  proxy?: string;
  allowHttp?: boolean;
  allowPrivateAddress?: boolean;
  telegramApiRoot?: string;
  telegramProxy?: string;
  telegramCaFile?: string;
  owner?: string;
  pair?: boolean;
  removeWebhook?: boolean;
  project?: string[];
  /** False with --no-personal. */
  personal: boolean;
  events?: string;
  language?: string;
  service?: string;
  store?: string;
  secretsStdin?: boolean;
}

/** The answers of the file with those of the flags over them. Throws `CliError` with every problem. */
export function toAnswers(flags: InitFlags): Answers {
  const file = flags.answers === undefined ? {} : requireFile(flags.answers);
  const merged = mergeFlags(file, flags);
  const parsed = answersSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new CliError(exitCode.usage, lines.join("\n"), "`gitnotify init --help` lists the flags.");
}

function requireFile(path: string): Partial<Answers> {
  const read = readAnswers(path);
  if (read.ok) return read.answers;
  throw new CliError(
    exitCode.usage,
    `the answers are not valid\n${read.problems.map(describeProblem).join("\n")}`,
  );
}

function mergeFlags(file: Partial<Answers>, flags: InitFlags): Record<string, unknown> {
  const { telegram = {}, connections = [], secrets = {} } = file;
  return {
    ...file,
    telegram: { ...telegram, ...toTelegram(flags) },
    connections: [...connections, ...toConnections(flags)],
    ...(flags.project === undefined ? {} : { projects: [...(file.projects ?? []), ...flags.project] }),
    ...(flags.personal ? {} : { personal: false }),
    ...(flags.events === undefined ? {} : { events: flags.events }),
    ...(flags.language === undefined ? {} : { language: flags.language }),
    ...(flags.service === undefined ? {} : { service: flags.service }),
    secrets: { ...secrets, ...(flags.store === undefined ? {} : { store: flags.store }) },
  };
}

function toTelegram(flags: InitFlags): Record<string, unknown> {
  return {
    ...(flags.telegramApiRoot === undefined ? {} : { apiRoot: flags.telegramApiRoot }),
    ...(flags.telegramProxy === undefined ? {} : { proxy: flags.telegramProxy }),
    ...(flags.telegramCaFile === undefined ? {} : { caFile: flags.telegramCaFile }),
    ...(flags.owner === undefined ? {} : { owner: flags.owner }),
    ...(flags.pair === true ? { pairing: "now" } : {}),
    ...(flags.removeWebhook === true ? { removeWebhook: true } : {}),
  };
}

/** What is said of servers holds for every one that a flag names. */
function toConnections(flags: InitFlags): Array<Record<string, unknown>> {
  const { caFile, proxy, allowHttp, allowPrivateAddress } = flags;
  const settings = Object.entries({ caFile, proxy, allowHttp, allowPrivateAddress });
  const given = Object.fromEntries(settings.filter(([, value]) => value !== undefined));
  return (["github", "gitlab"] as const).flatMap((platform) => {
    const url = flags[platform];
    if (url === undefined) return [];
    return [{ platform, ...(url === true ? {} : { url }), ...given }];
  });
}

/** `name=value` lines of stdin, for those who have no terminal and no environment to put tokens in. */
export async function readSecrets(io: CliContext["io"]): Promise<Map<string, string>> {
  const secrets = new Map<string, string>();
  for (const line of (await readAll(io)).split(/\r?\n/)) {
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    const at = line.indexOf("=");
    const name = line.slice(0, at).trim();
    // The line itself is not repeated: it holds a token.
    if (at < 1 || !/^(telegram|connection\/[a-z0-9-]+)$/.test(name)) {
      throw new CliError(
        exitCode.usage,
        "a line of stdin is not of the form NAME=TOKEN",
        "Names are telegram and connection/<id>, like connection/github.",
      );
    }
    secrets.set(name, line.slice(at + 1).trim());
  }
  return secrets;
}
