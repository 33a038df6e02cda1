import type { Command } from "commander";
import type { CliContext } from "../context.js";
import { list } from "../secrets/list.js";
import { move } from "../secrets/move.js";
import { remove } from "../secrets/remove.js";
import { set } from "../secrets/set.js";

export function register(command: Command, context: CliContext): void {
  command.addHelpText(
    "after",
    "\nNames: telegram, connection/<id>, member/<telegram id>/<connection id>\n\nExample:\n  gitnotify secrets set telegram",
  );
  command
    .command("list")
    .description(
      "print the names of the secrets, which are still missing, and whether the store works; never their values",
    )
    .addHelpText("after", "\nExample:\n  gitnotify secrets list --json")
    .action(() => list(context));
  command
    .command("set")
    .argument("<name>", "telegram, connection/<id> or member/<telegram id>/<connection id>")
    .description("store a secret; it is asked for, or read from stdin, and never taken from the command line")
    .addHelpText("after", "\nExample:\n  gitnotify secrets set connection/work < token.txt")
    .action((name: string) => set(context, name));
  command
    .command("remove")
    .argument("<name>", "as `gitnotify secrets list` prints it")
    .description("remove a secret from the store; the token itself stays valid on its platform")
    .addHelpText("after", "\nExample:\n  gitnotify secrets remove connection/work")
    .action((name: string) => remove(context, name));
  command
    .command("move")
    .argument("<store>", "keyring, file, systemd or env")
    .option("--keep", "leave copies in the old store")
    .description("move every secret to another store, and have config.yaml name that store")
    .addHelpText("after", "\nExample:\n  gitnotify secrets move file")
    .action((store: string, options: { keep?: boolean }) => move(context, store, options));
}
