import { toMoment, toSpan } from "../format.js";
import { type ConnectionStatus, toStatusReport } from "../../operations/status-report.js";
import { toShortfallTeller } from "../status/look.js";
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
    const { outbox, parked, sources, connections, shortfalls, clockAheadMs } = toStatusReport(rows, occasion);
    const say = await toShortfallTeller(shortfalls);
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
      ...(clockAheadMs === null ? [] : [toClockFinding(clockAheadMs)]),
      ...connections.flatMap(({ id, ...connection }) => toHeld(id, connection)),
      ...sources.gone.map(({ name, since, error }) =>
        warning(
          `${name} is not found since ${toMoment(since)}: ${error}`,
          "Give the token access to it again, or take it out of the subscriptions. It is looked for every hour, and at once by `gitnotify poll --all` or a restart.",
        ),
      ),
      ...shortfalls.map((shortfall) =>
        warning(`${shortfall.sources.join(", ")}, since ${toMoment(shortfall.since)}:`, say(shortfall)),
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

function toClockFinding(aheadMs: number): Finding {
  const text = `What was written down lies ${toSpan(aheadMs)} ahead of this machine's clock, so that sources wait for times to come.`;
  const remedy =
    "A running daemon mends that within a minute, a stopped one at its start. If the clock is wrong now, set it by the network.";
  return warning(text, remedy);
}

/** What holds up a whole connection. */
function toHeld(id: string, connection: Omit<ConnectionStatus, "id">): Finding[] {
  const { paused, down, throttledUntil } = connection;
  if (paused !== null) {
    const remedy = `Store a new token with \`gitnotify secrets set connection/${id}\`; it is tried again on its own, and at once after a restart.`;
    return [warning(`${id} is paused since ${toMoment(paused.since)}: ${paused.reason}`, remedy)];
  }
  if (down !== null) {
    const remedy = "It is asked twice a minute whether it answers; nothing is lost meanwhile.";
    return [
      warning(`The server of ${id} does not answer since ${toMoment(down.since)}: ${down.reason}`, remedy),
    ];
  }
  if (throttledUntil === null) return [];
  const remedy =
    "It goes on by itself. Fewer projects or slower `polling` in config.yaml need fewer requests.";
  return [warning(`${id} wants no requests until ${toMoment(throttledUntil)}.`, remedy)];
}

function toDead(count: number): Finding {
  const text = `${count} message${count === 1 ? "" : "s"} could not be delivered and ${count === 1 ? "was" : "were"} given up.`;
  const remedy =
    "Look at them with `gitnotify deliveries list --state dead`, then retry them with `gitnotify deliveries retry ID`.";
  return warning(text, remedy);
}
