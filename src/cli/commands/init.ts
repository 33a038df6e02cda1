import { type Command, Option } from "commander";
import type { CliContext } from "../context.js";
import type { InitFlags } from "../init/flags.js";

export function register(command: Command, context: CliContext): void {
  command
    .description("set everything up, step by step; run again, it keeps what is there")
    .option("--non-interactive", "ask nothing: take flags, --answers and the environment")
    .option("--answers <file>", "YAML file with answers (docs/answers.example.yaml)")
    .option("--github [url]", "set up GitHub; default: github.com")
    .option("--gitlab [url]", "set up GitLab; default: gitlab.com")
    .option("--ca-file <file>", "certificate authority of these servers, PEM")
    .option("--proxy <address>", "proxy for these servers")
    .option("--allow-http", "permit http:// to these servers; the token then travels unencrypted")
    .option("--allow-private-address", "permit these servers to be in a private network")
    .option("--telegram-api-root <url>", "a local Bot API server")
    .option("--telegram-proxy <address>", "proxy on the way to Telegram")
    .option("--telegram-ca-file <file>", "certificate authority on the way to Telegram, PEM")
    .option("--owner <id>", "your Telegram user id, in place of pairing")
    .option("--pair", "print a pairing link and wait for it; default: later, by `gitnotify start`")
    .option("--remove-webhook", "take the bot away from another program's webhook")
    .option("--project <pattern...>", "watch these: acme/api 'acme/*' work:platform/core")
    .option("--no-personal", "leave out what concerns you in projects that are not watched")
    .option("--events <words>", "what the projects tell: pipelines,reviews,mentions,…")
    .addOption(new Option("--language <language>", "of the messages").choices(["en", "ru"]))
    .addOption(
      new Option("--service <how>", "run in the background").choices(["none", "user", "boot", "system"]),
    )
    .addOption(new Option("--store <store>", "where tokens are kept").choices(["keyring", "file", "env"]))
    .option("--secrets-stdin", "read NAME=TOKEN lines from stdin: telegram, connection/github")
    .addHelpText("after", after)
    .action(async (flags: InitFlags) => (await import("../init/index.js")).init(context, flags));
}

const after = `
Tokens are never taken from the command line. They are asked for, or come from GITNOTIFY_SECRET_TELEGRAM and
GITNOTIFY_SECRET_CONNECTION_<ID>, from the files that the same names with _FILE point to, or from stdin.

Examples:
  gitnotify init
  gitnotify init --gitlab https://gitlab.example.com
  gitnotify init --non-interactive --github --project 'acme/*' --owner 123456789 --service user
  gitnotify init --answers answers.yaml --secrets-stdin < secrets.txt

Exits with 2 when an answer is missing or wrong, 3 when config.yaml is not valid, 4 when a token is missing or refused,
6 when a server is not reached, 130 when interrupted (then nothing was written).`;
