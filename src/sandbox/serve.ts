import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { createWords, describeWords, playLine } from "./play.js";
import { startSurroundings, type Surroundings, toConfigYaml } from "./surroundings.js";

/**
 * `node dist/sandbox/serve.cjs DIR [GITHUB_PORT GITLAB_PORT TELEGRAM_PORT]`: the three servers for as long as this runs, and in
 * DIR a config.yaml and the tokens for a daemon of one's own to be tried on them.
 */
const [folder, ...ports] = process.argv.slice(2);
const print = (line: string) => void process.stdout.write(`${line}\n`);

if (folder === undefined || folder.startsWith("-") || ports.some((port) => !/^\d{1,5}$/.test(port))) {
  process.stderr.write("Usage: npm run sandbox -- DIR [GITHUB_PORT GITLAB_PORT TELEGRAM_PORT]\n");
  process.exitCode = folder === "--help" ? 0 : 2;
} else {
  void serve(resolve(folder), ports.map(Number));
}

async function serve(home: string, [github, gitlab, telegram]: number[]): Promise<void> {
  const surroundings = await startSurroundings({
    ...(github === undefined ? {} : { github }),
    ...(gitlab === undefined ? {} : { gitlab }),
    ...(telegram === undefined ? {} : { telegram }),
  });
  try {
    writeHome(home, surroundings);
    printUsage(home, surroundings);
    await listen(surroundings);
  } finally {
    await surroundings.close();
  }
}

function writeHome(home: string, surroundings: Surroundings): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(join(home, "config.yaml"), toConfigYaml(surroundings), { mode: 0o600 });
  writeFileSync(join(home, "sandbox.env"), toEnv(surroundings), { mode: 0o600 });
}

function toEnv({ tokens }: Surroundings): string {
  return `# Tokens of the sandbox. They open nothing anywhere else.
GITNOTIFY_SECRET_TELEGRAM=${tokens.telegram}
GITNOTIFY_SECRET_CONNECTION_GITHUB=${tokens.github}
GITNOTIFY_SECRET_CONNECTION_WORK=${tokens.gitlab}
`;
}

function printUsage(home: string, { github, gitlab, telegram }: Surroundings): void {
  print(`GitHub ${github.url} · GitLab ${gitlab.url} · Telegram ${telegram.url}`);
  print("In another terminal:");
  print(`  set -a; . '${join(home, "sandbox.env")}'; set +a`);
  print(`  node bin/gitnotify.cjs --home '${home}' start`);
  print("Then pair with the code that it prints, here: say /start CODE");
  print("");
}

/** Until `quit`, the end of stdin or Ctrl-C. */
async function listen(surroundings: Surroundings): Promise<void> {
  const words = createWords(surroundings);
  const { telegram, reader } = surroundings;
  const chatId = telegram.privateChat(reader.telegramId);
  const silence = telegram.onChange((change) => {
    if (change.kind === "pressed") print(`${" ".repeat(30)}Mia presses [ ${change.label} ]`);
    else if (change.kind !== "answered" && change.kind !== "deleted")
      print(telegram.renderMessage(chatId, change.messageId));
  });
  print(describeWords(words));
  const lines = createInterface({ input: process.stdin });
  const stop = () => lines.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  for await (const line of lines) {
    const answer = playLine(words, line);
    if (answer === null) break;
    if (answer !== "") print(answer);
  }
  lines.close();
  silence();
}
