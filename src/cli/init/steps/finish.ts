import { toHtml } from "../../../channels/telegram/html.js";
import type { TextNode } from "../../../domain/notification.js";
import { isFailure } from "../../../domain/failure.js";
import { CliError } from "../../exit-code.js";
import { createTranslator } from "../../../i18n/index.js";
import type { Say } from "../../../i18n/wizard.js";
import { ownerOf, type Draft } from "../draft.js";
import type { Ports } from "../ports.js";
import { describeBotTrouble } from "../trouble.js";
import { sayManager } from "./service.js";

export interface Installed {
  running: boolean;
  /** The home of a service that does not run in the person's own. */
  home?: string;
}

/** Installs the service when it was wanted. A failure undoes nothing: what is written works without. */
export async function installService(draft: Draft, ports: Ports): Promise<Installed> {
  const { ask, say, services } = ports;
  if (draft.service === "none") return { running: false };
  const offer = await services.find(draft.service);
  if (!offer.ok) {
    ask.tell("problem", say(`service.no.${offer.code}`, offer.values));
    return { running: false };
  }
  const label = sayManager(say, offer.id, draft.service);
  try {
    const notes = await ask.busy(say("service.installing", { label }), (show) =>
      offer.install({ linger: draft.startsBeforeLogin, onStep: show }),
    );
    ask.tell("good", say("service.runs", { label }));
    for (const note of notes) ask.tell("info", note);
    return { running: true, ...(offer.home === undefined ? {} : { home: offer.home }) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { message, remedy = "" } = error;
    const failed = say("service.failed", { why: message, remedy }).trimEnd();
    ask.tell("problem", `${failed}\n${say("service.rest")}`);
    return { running: false };
  }
}

/** The first message: it shows that the bot, the owner and the network are right. */
export async function sendFirstMessage(draft: Draft, ports: Ports, running: boolean): Promise<boolean> {
  const { ask, say, net } = ports;
  const owner = ownerOf(draft);
  if (owner === null || draft.bot === undefined) return false;
  const api = await net.telegram({ ...draft.telegram, token: draft.bot.token });
  const message = { chat: owner.id, html: true, keyboard: [], text: toHtml(firstMessage(draft, running)) };
  for (;;) {
    try {
      await ask.busy(say("first.sending"), () => api.sendMessage(message, ask.signal));
      ask.tell("good", say("first.sent"));
      return true;
    } catch (error) {
      if (!isFailure(error)) throw error;
      const why =
        error.kind === "gone" ? say("first.notStarted") : describeBotTrouble(say, error, draft.telegram);
      ask.tell("warning", say("first.notSent", { why }));
      if (error.kind !== "gone") return false;
      const words = say("first.again", { username: draft.bot.identity.username });
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
    ...(rules?.personal === true || projects.length > 0 ? [translate("init.done.change")] : []),
    translate(running ? "init.done.service" : "init.done.start"),
  ];
  return [
    { node: "bold", text: translate("init.done.title") },
    ...lines.flatMap((text): TextNode[] => [{ node: "break" }, { node: "text", text }]),
  ];
}

/** `pid` 0: it could not be found out. */
function sayReload(say: Say, pid: number): string {
  if (process.platform === "win32") return say("next.restart");
  return say("next.reload", { pid: pid === 0 ? "PID" : String(pid) });
}

/** What to do next, in the order in which people need it. `command`: how this program is called here. */
export async function tellNext(
  { ask, say, findDaemon }: Ports,
  given: Installed & { command: string; settingsChanged: boolean },
): Promise<void> {
  const { running, home } = given;
  const command = home === undefined ? given.command : `gitnotify --home ${home}`;
  const rows: Array<[string, string]> = [
    ...(running ? [] : [["start", say("next.start")] as [string, string]]),
    ["status", say("next.status")],
    ["doctor", say("next.doctor")],
    ["init", say("next.init")],
  ];
  // What the database holds, a running daemon finds by itself.
  const daemon = running || !given.settingsChanged ? null : await findDaemon();
  if (daemon !== null) ask.tell("warning", sayReload(say, daemon));
  ask.note(
    say("next.title"),
    rows.map(([name, about]) => `${`${command} ${name}`.padEnd(command.length + 10)} ${about}`),
  );
}
