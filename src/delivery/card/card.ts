import type { Event } from "../../domain/event.js";
import type { Reader } from "../../domain/filter.js";
import type { TextNode } from "../../domain/notification.js";
import type { Project } from "../../domain/project.js";
import type { Snapshot } from "../../domain/snapshot.js";
import type { Translate } from "../../i18n/index.js";
import type { Platform } from "../../platforms/platform.js";
import type { CardAction } from "./actions.js";

export interface CardOptions<S extends Snapshot = Snapshot> {
  snapshot: S;
  /** New in this message, oldest first. */
  events: readonly Event[];
  /** What the card showed before, oldest first. */
  recent?: readonly Event[];
  /** All that is known to have happened to the subject, told here or not, oldest first. */
  happened?: readonly Event[];
  /** Whose chat it is; without accounts for a group. */
  reader: Reader;
  project: Project;
  words: Platform["words"];
  translate: Translate;
  /** Epoch milliseconds: news that comes late says how old it is. */
  now: number;
  /** The buttons below: where one acts on a head, the card shows which. */
  actions: readonly CardAction[];
}

export interface CardText {
  /** Most important first. */
  text: TextNode[];
}
