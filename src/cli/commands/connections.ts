import type { Command } from "commander";
import type { AddFlags } from "../connections/add.js";
import type { RemoveFlags } from "../connections/remove.js";
import type { CliContext } from "../context.js";

export function register(command: Command, context: CliContext): void {
  command.addHelpText("after", "\nExample:\n  gitnotify connections list");
  command
    .command("list")
    .description("print every connection, its account and how it stands; asks nobody")
    .addHelpText("after", "\nExample:\n  gitnotify connections list --json")
    .action(async () => (await import("../connections/list.js")).listConnections(context));
  registerAdd(command, context);
  command
    .command("test")
    .argument("<id>", "as in config.yaml")
    .description("ask the server who the token is, what it may do and when it expires")
    .addHelpText(
      "after",
      "\nExample:\n  gitnotify connections test work\n\nExits with 4 when the token is missing or refused, 6 when the server is not reached.",
    )
    .action(async (id: string) => (await import("../connections/test.js")).testConnection(context, id));
  command
    .command("remove")
    .argument("<id>", "as in config.yaml")
    .description("take a connection out of config.yaml")
    .option("--force", "also while subscriptions name it: it is taken out of them too")
    .option("--with-secret", "remove its token from the secret store as well")
    .addHelpText("after", "\nExample:\n  gitnotify connections remove work --with-secret")
    .action(async (id: string, flags: RemoveFlags) =>
      (await import("../connections/remove.js")).removeConnection(context, id, flags),
    );
}

function registerAdd(command: Command, context: CliContext): void {
  command
    .command("add")
    .argument("<id>", "your own short name, as in work:group/project")
    .description("write a connection into config.yaml; its comments stay")
    .requiredOption("--platform <name>", "github or gitlab")
    .option("--url <address>", "web address; default: github.com or gitlab.com")
    .option("--api-url <address>", "address of the API; default: derived from the web address")
    .option("--ca-file <file>", "PEM file with the certificate authority of the server")
    .option("--proxy <address>", "HTTP or SOCKS5 proxy for this connection, or direct")
    .option("--allow-http", "permit http://; the token then travels unencrypted")
    .option("--allow-private-address", "permit a server in a private network")
    .addHelpText(
      "after",
      "\nExample:\n  gitnotify connections add work --platform gitlab --url https://gitlab.example.com",
    )
    .action(async (id: string, flags: AddFlags) =>
      (await import("../connections/add.js")).addConnection(context, id, flags),
    );
}
