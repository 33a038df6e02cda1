import { answerAtOnce } from "./at-once.js";

/** Where the process starts. What it writes (database, logs, settings) is for this user alone: hence the umask. */
process.umask(0o077);
const given = process.argv.slice(2);
if (!answerAtOnce(given, new URL("help.txt", import.meta.url))) {
  void import("./launch.js").then(async ({ launch }) => {
    process.exitCode = await launch(given);
  });
}
