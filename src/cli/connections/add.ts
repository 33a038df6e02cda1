import { resolve } from "node:path";
import type { Problem } from "../../config/problems.js";
import { platforms } from "../../platforms/index.js";
import { connectionSecret } from "../../secrets/secret-store.js";
import type { CliContext } from "../context.js";
import { change, findProblems, readConfigFile, reloadHint, writeConfigFile } from "../edit-config.js";
import { CliError, exitCode } from "../exit-code.js";
import { createOutput } from "../output.js";

export interface AddFlags {
  platform: string;
  url?: string;
  apiUrl?: string;
  caFile?: string;
  proxy?: string;
  allowHttp?: boolean;
  allowPrivateAddress?: boolean;
}

/** Writes the connection into config.yaml. The whole file is checked first: a wrong flag changes nothing. */
export async function addConnection(context: CliContext, id: string, flags: AddFlags): Promise<void> {
  const output = createOutput(context);
  const { settings, text } = await readConfigFile(context);
  const { home, config } = settings;
  if (config.connections.some((connection) => connection.id === id)) {
    const remedy = `Take another name, or remove it first: \`gitnotify connections remove ${id}\`.`;
    throw new CliError(exitCode.usage, `there is a connection “${id}” already`, remedy);
  }
  const entry = await toEntry(id, flags);
  const changed = await change(home, (edit) => edit.addToList(text, "connections", entry));
  const problems = await findProblems(context, home, changed);
  if (problems.length > 0) throw refuse(problems, config.connections.length);
  const { daemon } = await writeConfigFile(home, changed);
  const secret = connectionSecret(id);
  await output.data({ added: entry, file: home.configFile, secret }, () => {
    output.line(`Added ${id} (${String(entry["url"])}) to ${home.configFile}.`);
    output.line("Next:");
    output.line(`  gitnotify secrets set ${secret}`);
    output.line(`  gitnotify connections test ${id}`);
  });
  if (daemon !== null) output.note(reloadHint(daemon));
}

async function toEntry(id: string, flags: AddFlags): Promise<Record<string, unknown>> {
  const { platform, url, apiUrl, caFile, proxy, allowHttp, allowPrivateAddress } = flags;
  return {
    ...{ id, platform },
    url: url ?? (await defaultUrlOf(platform)),
    ...(apiUrl === undefined ? {} : { apiUrl }),
    // A path on the command line starts at the working folder, one in the file at the folder of the file.
    ...(caFile === undefined ? {} : { caFile: resolve(caFile) }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(allowHttp === true ? { allowHttp } : {}),
    ...(allowPrivateAddress === true ? { allowPrivateAddress } : {}),
  };
}

/** Where most people of this platform are. An unknown platform is the schema's to refuse. */
async function defaultUrlOf(platform: string): Promise<string> {
  const entry = platforms.find((candidate) => candidate.id === platform);
  return entry === undefined ? "https://example.com" : (await entry.load()).defaultUrl;
}

const words: Record<string, string> = {
  id: "ID",
  platform: "--platform",
  url: "--url",
  apiUrl: "--api-url",
  caFile: "--ca-file",
  proxy: "--proxy",
};

/** The new entry's problems by the name of the flag; others by their place in the file (a bare path became ambiguous). */
function refuse(problems: readonly Problem[], index: number): CliError {
  const lines = problems.map(({ message, suggestion }) => {
    const own = new RegExp(`^connections\\[${index}\\]\\.(\\w+): ([\\s\\S]*)$`).exec(message);
    const hint = suggestion === undefined ? "" : `\n  did you mean: ${suggestion}`;
    if (own === null) return `${message}${hint}`;
    return `${words[own[1] ?? ""] ?? own[1]} ${own[2]}${hint}`.replaceAll(
      "`allowHttp: true` on this connection permits it",
      "--allow-http permits it",
    );
  });
  return new CliError(exitCode.usage, `nothing was changed\n${lines.join("\n")}`);
}
