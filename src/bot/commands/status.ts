import type { StatusReport } from "../../operations/report-status.js";
import type { Translate } from "../../i18n/index.js";
import type { BotCommand } from "../command.js";
import { bold, joinLines, text } from "../content.js";

export const status: BotCommand = {
  name: "status",
  role: "member",
  run: async ({ translate, status: report, operations }) => {
    const found = await report();
    const now = operations.clock.now();
    return {
      text: joinLines([
        [bold(translate("bot.status.title"))],
        ...found.connections.map((connection) => [
          bold(connection.id),
          text(` ${connectionLine(translate, connection, now)}`),
        ]),
        [
          text(
            translate("bot.status.sources", {
              total: found.sources.total,
              failing: found.sources.failing.length,
            }),
          ),
        ],
        ...found.sources.failing.slice(0, 5).map((source) => [text(`• ${source.id}: ${source.error}`)]),
        [text(translate("bot.status.outbox", { owed: found.outbox.owed, dead: found.outbox.dead }))],
      ]),
    };
  },
};

function connectionLine(
  translate: Translate,
  connection: StatusReport["connections"][number],
  now: number,
): string {
  if (connection.paused !== null) return translate("bot.status.paused", { reason: connection.paused.reason });
  if (connection.lastSuccessAt === null) return translate("bot.status.never");
  const seconds = Math.max(0, Math.round((now - connection.lastSuccessAt) / 1000));
  const quota = connection.quota === null ? "" : ` · ${connection.quota.remaining}/${connection.quota.limit}`;
  return `${connection.account ?? "?"} · ${translate("bot.status.heard", { seconds })}${quota}`;
}
