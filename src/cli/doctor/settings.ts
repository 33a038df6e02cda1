import { exitCode } from "../exit-code.js";
import { describeProblem } from "../settings.js";
import { type Check, warning, well, wrong } from "./check.js";

/** The same problems as `config check`, each with its place. */
export const settings: Check = {
  name: "config",
  when: "first",
  look: async ({ home, loaded }) => {
    if (!loaded.exists) {
      return [
        wrong(
          `There is no ${home.configFile}.`,
          "Begin with `gitnotify init`, which sets everything up. What else may be wrong is looked at then.",
          exitCode.configInvalid,
        ),
      ];
    }
    if (!loaded.ok) {
      return loaded.problems.map((problem) =>
        wrong(describeProblem(problem), undefined, exitCode.configInvalid),
      );
    }
    const { connections } = loaded.config;
    // The file cannot know of an owner who paired with the bot; the check of Telegram does.
    const warnings = loaded.warnings
      .filter((text) => !text.includes("nobody is the owner yet"))
      .map((text) => warning(text));
    if (connections.length > 0) return [well(`${home.configFile} is right`), ...warnings];
    const remedy = "Add one: `gitnotify connections add github --platform github`.";
    const none = wrong(`${home.configFile} names no connection.`, remedy, exitCode.configInvalid);
    return [none, ...warnings];
  },
};
