import { PassThrough } from "node:stream";
import manifest from "../../package.json" with { type: "json" };
import type { CommandNode, OptionNode } from "./command-tree.js";
import { readTree } from "./program.js";

/** gitnotify(1) in the man macros, from the same texts as `--help`. The build writes it beside the program. */
export async function renderManual(): Promise<string> {
  const tree = await loadTree();
  const page = [
    `.TH GITNOTIFY 1 "" "gitnotify ${manifest.version}" "User Commands"`,
    section("NAME", `gitnotify \\- ${toRoff(tree.description)}`),
    section("SYNOPSIS", `.B gitnotify\n${toRoff(tree.usage.replace(/^gitnotify /, ""))}`),
    section("DESCRIPTION", description.map(toRoff).join("\n.PP\n")),
    section("OPTIONS", tree.options.map(toOption).join("\n")),
    section("COMMANDS", tree.commands.map(toCommand).join("\n")),
    section("EXIT STATUS", exits.map(([code, about]) => tagged(code, about)).join("\n")),
    section("ENVIRONMENT", environment.map(([name, about]) => tagged(name, about)).join("\n")),
    section("FILES", toRoff("`gitnotify config path --all` prints every file and folder that is used.")),
  ];
  return `${page.join("\n")}\n`;
}

const description = [
  "A daemon that asks GitHub and GitLab what is new, tells you in Telegram, and does what you answer there. Nothing connects in to it: it works behind NAT.",
  "gitnotify init sets everything up, step by step.",
];

const exits: ReadonlyArray<readonly [string, string]> = [
  ["0", "done"],
  ["1", "failed"],
  ["2", "wrong usage"],
  ["3", "the settings are not valid"],
  ["4", "a token is missing or refused"],
  ["5", "already running in this home"],
  ["6", "a server could not be reached"],
  ["130", "interrupted"],
];

const environment: ReadonlyArray<readonly [string, string]> = [
  ["GITNOTIFY_HOME", "keeps everything in one folder, as --home does"],
  [
    "GITNOTIFY_SECRET_*",
    "the secrets, when config.yaml says `secrets: { store: env }`; with _FILE behind the name: the file to read",
  ],
  ["HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "the proxy for connections that name none of their own"],
  ["NO_COLOR", "print without colours"],
];

function loadTree(): Promise<CommandNode> {
  const nowhere = new PassThrough();
  const io = { stdin: nowhere, stdout: nowhere, stderr: nowhere, isTTY: false };
  const registry = () => Promise.reject(new Error("The manual page asks no store."));
  return readTree({ env: {}, io, registry });
}

function toCommand(node: CommandNode): string {
  const head = `.SS "${toRoff(`gitnotify ${node.path.join(" ")}`)}"`;
  const operands = node.arguments.map(({ name, description: about }) => tagged(name, about));
  const options = node.options.filter(({ long }) => long !== "--help").map(toOption);
  return [
    head,
    toRoff(node.description),
    `.PP\n${toRoff(node.usage)}`,
    ...[...operands, ...options],
    ...(node.notes === "" ? [] : [`.PP\n.nf\n${toRoff(node.notes)}\n.fi`]),
    ...node.commands.map(toCommand),
  ].join("\n");
}

function toOption({ flags, description: about }: OptionNode): string {
  return tagged(flags, about);
}

function tagged(name: string, about: string): string {
  return `.TP\n.B ${toRoff(name)}\n${toRoff(about)}`;
}

function section(title: string, body: string): string {
  return `.SH ${title}\n${body}`;
}

/** A backslash, a hyphen and a dot or quote at the start of a line mean something to roff, and it reads ASCII alone. */
function toRoff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1")
    .replace(
      /[^\0-\x7f]/gu,
      (sign) => `\\[u${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}
