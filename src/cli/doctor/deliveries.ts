import { toMoment } from "../format.js";
import { toStatusReport } from "../../operations/status-report.js";
import { type Check, type Finding, warning, well } from "./check.js";

/** Sources that fail, chats that are closed, and what was given up. */
export const deliveries: Check = {
  name: "deliveries",
  needsSettings: true,
  look: async (ground) => {
    const rows = await ground.rows().catch(() => null);
    if (rows === null) return [];
    const daemon = await ground.daemon();
    const occasion = { connectionIds: null, declared: null, now: ground.clock.now(), daemon };
    const { outbox, parked, sources } = toStatusReport(rows, occasion);
    const owed = outbox.owed + outbox.inDoubt;
    const counts = well(`${outbox.delivered} delivered, ${owed} owed, ${outbox.dead} dead`);
    const first = outbox.dead === 0 ? counts : toDead(outbox.dead);
    return [
      first,
      ...parked.map(({ destination, since, reason }) =>
        warning(
          `The chat ${destination} is closed since ${toMoment(since)}: ${reason}`,
          "Let the bot in again; what is owed there goes out then.",
        ),
      ),
      ...sources.failing.map(({ name, failures, since, error }) =>
        warning(
          `${name} failed ${failures} time${failures === 1 ? "" : "s"} since ${toMoment(since)}: ${error}`,
          "It is tried again by itself. If it stays, see what is said of its connection above.",
        ),
      ),
    ];
  },
};

function toDead(count: number): Finding {
  const text = `${count} message${count === 1 ? "" : "s"} could not be delivered and ${count === 1 ? "was" : "were"} given up.`;
  const remedy =
    "Look at them with `gitnotify deliveries list --state dead`, then retry them with `gitnotify deliveries retry ID`.";
  return warning(text, remedy);
}
