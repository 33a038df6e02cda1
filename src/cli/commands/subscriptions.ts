import type { Command } from "commander";
import type { CliContext } from "../context.js";
import { toCount } from "../count.js";
import type { ImportFlags } from "../subscriptions/import.js";

export function register(command: Command, context: CliContext): void {
  command.addHelpText("after", "\nExample:\n  gitnotify subscriptions list");
  command
    .command("list")
    .description("print every subscription: those of config.yaml, then those made in the bot or here")
    .addHelpText("after", "\nExample:\n  gitnotify subscriptions list --json")
    .action(async () => (await import("../subscriptions/list.js")).listSubscriptionsOf(context));
  registerAdd(command, context);
  command
    .command("remove")
    .argument("<id...>", "as `gitnotify subscriptions list` prints it")
    .description("remove subscriptions that were made in the bot or here")
    .addHelpText("after", "\nExample:\n  gitnotify subscriptions remove 3fa2c1")
    .action(async (ids: string[]) =>
      (await import("../subscriptions/remove.js")).removeSubscriptions(context, ids),
    );
  command
    .command("test")
    .argument("<id>", "as `gitnotify subscriptions list` prints it")
    .description("try a subscription on the last events: what would come, and why the rest would not")
    .option("--limit <n>", "the newest so many events", "100")
    .addHelpText("after", "\nExample:\n  gitnotify subscriptions test 3fa2c1 --limit 20")
    .action(async (id: string, flags: { limit: string }) =>
      (await import("../subscriptions/replay.js")).testSubscription(context, id, toCount(flags.limit)),
    );
  registerFiles(command, context);
}

function registerAdd(command: Command, context: CliContext): void {
  command
    .command("add")
    .argument(
      "<words...>",
      "projects, features and filter terms in any order; without a project, or with `me`: whatever concerns you",
    )
    .description("subscribe somebody, without the daemon or beside it")
    .option("--to <recipient>", "owner, member:ID, the id of a group, or ID/TOPIC", "owner")
    // `-author:renovate[bot]` is a term of the filter and no option; what is neither is refused with the word itself.
    .allowUnknownOption()
    .addHelpText(
      "after",
      "\nExample:\n  gitnotify subscriptions add github:acme/api pipelines branch:main" +
        "\n  gitnotify subscriptions add 'work:platform/*' reviews -author:renovate --to -1001234567890/7" +
        "\n  gitnotify subscriptions add me",
    )
    .action(async (words: string[], flags: { to: string }) =>
      (await import("../subscriptions/add.js")).addSubscription(context, words, flags),
    );
}

function registerFiles(command: Command, context: CliContext): void {
  command
    .command("export")
    .description("print the stored subscriptions as config.yaml would declare them")
    .addHelpText("after", "\nExample:\n  gitnotify subscriptions export > subscriptions.yaml")
    .action(async () => (await import("../subscriptions/export.js")).exportSubscriptions(context));
  command
    .command("import")
    .argument("<file>", "YAML as `subscriptions export` prints it; - reads stdin")
    .description("store the subscriptions of a file that are not there yet")
    .option("--dry-run", "store nothing; print what would change")
    .option("--replace", "also remove the stored ones that are not in the file")
    .addHelpText("after", "\nExample:\n  gitnotify subscriptions import subscriptions.yaml --dry-run")
    .action(async (file: string, flags: ImportFlags) =>
      (await import("../subscriptions/import.js")).importSubscriptions(context, file, flags),
    );
}
