import { toHtml } from "../../../channels/telegram/html.js";
import type { TextNode } from "../../../domain/notification.js";
import { isFailure } from "../../../domain/failure.js";
import { reloadHint } from "../../edit-config.js";
import { CliError } from "../../exit-code.js";
import { createTranslator } from "../../../i18n/index.js";
import { ownerOf, type Draft } from "../draft.js";
import type { Ports } from "../ports.js";

export interface Installed {
  running: boolean;
  /** The home of a service that does not run in the person's own. */
  home?: string;
}

/** Installs the service when it was wanted. A failure undoes nothing: what is written works without. */
export async function installService(draft: Draft, ports: Ports): Promise<Installed> {
  const { ask, services } = ports;
  if (draft.service === "none") return { running: false };
  const offer = await services.find(draft.service);
  if (!offer.ok) {
    ask.tell("problem", `${offer.why} ${offer.remedy}`);
    return { running: false };
  }
  try {
    const notes = await ask.busy(`Installing the service (${offer.label})`, (say) =>
      offer.install({ linger: draft.startsBeforeLogin, onStep: say }),
    );
    ask.tell("good", `gitnotify runs in the background: ${offer.label}.`);
    for (const note of notes) ask.tell("info", note);
    return { running: true, ...(offer.home === undefined ? {} : { home: offer.home }) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { message, remedy = "" } = error;
    ask.tell("problem", `The service does not run: ${message}. ${remedy}\nEverything else is written.`);
    return { running: false };
  }
}

/** The first message: it shows that the bot, the owner and the network are right. */
export async function sendFirstMessage(draft: Draft, ports: Ports, running: boolean): Promise<boolean> {
  const { ask, net } = ports;
  const owner = ownerOf(draft);
  if (owner === null || draft.bot === undefined) return false;
  const api = await net.telegram({ ...draft.telegram, token: draft.bot.token });
  const message = { chat: owner.id, html: true, keyboard: [], text: toHtml(firstMessage(draft, running)) };
  for (;;) {
    try {
      await ask.busy("Sending you a first message", () => api.sendMessage(message, ask.signal));
      ask.tell("good", "A first message is in your Telegram.");
      return true;
    } catch (error) {
      if (!isFailure(error)) throw error;
      const never = error.kind === "gone" ? "You have not pressed Start in the bot yet." : error.message;
      ask.tell("warning", `The first message could not be sent: ${never}`);
      if (error.kind !== "gone") return false;
      const words = `Open https://t.me/${draft.bot.identity.username}, press Start. Try again?`;
      if (!(await ask.confirm({ id: "firstMessage.again", message: words, initial: false }))) return false;
    }
  }
}

function firstMessage(draft: Draft, running: boolean): TextNode[] {
  const translate = createTranslator(draft.language ?? draft.existing.config.language);
  const { rules } = draft;
  const projects = rules?.projects ?? [];
  const lines = [
    ...(rules?.personal === true ? [translate("init.done.personal")] : []),
    ...(projects.length > 0
      ? [translate("init.done.projects", { count: projects.length, projects: projects.join(", ") })]
      : []),
    ...(rules !== undefined && !rules.personal && projects.length === 0
      ? [translate("init.done.nothing")]
      : []),
    translate(running ? "init.done.service" : "init.done.start"),
  ];
  return [
    { node: "bold", text: translate("init.done.title") },
    ...lines.flatMap((text): TextNode[] => [{ node: "break" }, { node: "text", text }]),
  ];
}

/** What to do next, in the order in which people need it. `command`: how this program is called here. */
export async function tellNext(
  { ask, findDaemon }: Ports,
  given: Installed & { command: string },
): Promise<void> {
  const { running, home } = given;
  const command = home === undefined ? given.command : `gitnotify --home ${home}`;
  const rows: Array<[string, string]> = [
    ...(running ? [] : [["start", "run it now"] as [string, string]]),
    ["status", "how it stands"],
    ["doctor", "what is wrong"],
    ["init", "add, change, check"],
  ];
  const daemon = running ? null : await findDaemon();
  if (daemon !== null) ask.tell("warning", reloadHint(daemon));
  ask.note(
    "Next",
    rows.map(([name, about]) => `${`${command} ${name}`.padEnd(command.length + 10)} ${about}`),
  );
}
