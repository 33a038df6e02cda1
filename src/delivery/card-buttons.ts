import type { ButtonMeaning, PressedAction } from "../domain/press.js";
import type { Project } from "../domain/project.js";
import type { Snapshot } from "../domain/snapshot.js";
import type { Subject } from "../domain/subject.js";
import type { MessageKey, Translate } from "../i18n/index.js";
import type { WantedButton } from "../store/buttons.js";
import type { CardAction } from "./card/index.js";

const mostInRow = 3;

/** One row where it fits, else two: what acts, then what shows. */
export function toCardButtons(options: {
  subject: Subject;
  snapshot: Snapshot;
  project: Project;
  actions: readonly CardAction[];
  translate: Translate;
}): WantedButton[][] {
  const { actions } = options;
  const acting = actions.filter((action) => action !== "log" && action !== "open");
  const showing = actions.filter((action) => action === "log" || action === "open");
  const rows = actions.length <= mostInRow ? [[...acting, ...showing]] : [acting, showing];
  return rows.filter((row) => row.length > 0).map((row) => row.map((action) => toButton(action, options)));
}

function toButton(
  action: CardAction,
  options: { subject: Subject; snapshot: Snapshot; project: Project; translate: Translate },
): WantedButton {
  const { subject, snapshot, project, translate } = options;
  const label = translate(`button.${action}` satisfies MessageKey);
  if (action === "open") return { label, url: snapshot.url };
  if (action === "log") return { label, meaning: { do: "log", subject, projectPath: project.path } };
  const meaning: ButtonMeaning = { do: "act", ...toPressed(action, options) };
  return action === "approve" ? { label, meaning, style: "success" } : { label, meaning };
}

/** What the card shows is what the press means: the head and the branch of this moment go with it. */
function toPressed(
  verb: Exclude<CardAction, "open" | "log">,
  { subject, snapshot, project }: { subject: Subject; snapshot: Snapshot; project: Project },
): PressedAction {
  const base = { verb, subject, projectPath: project.path };
  if (snapshot.type === "merge_request") {
    return { ...base, sha: snapshot.headSha, branch: `${snapshot.head} → ${snapshot.base}` };
  }
  return snapshot.type === "pipeline" ? { ...base, sha: snapshot.sha, branch: snapshot.branch } : base;
}
