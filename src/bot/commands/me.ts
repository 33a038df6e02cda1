import { sayLack } from "../../i18n/lacks.js";
import { reportIdentity } from "../../operations/report-identity.js";
import { type BotCommand, memberOf } from "../command.js";
import { bold, joinLines, text } from "../content.js";

export const me: BotCommand = {
  name: "me",
  role: "member",
  run: async (context) => {
    const { translate } = context;
    const member = memberOf(context);
    const identities = await reportIdentity(context.operations, member);
    const rows = identities.map((identity) => [
      bold(identity.connectionId),
      text(
        identity.login === null
          ? ` — ${translate("bot.me.unlinked")}`
          : ` — ${identity.login}${identity.expiresAt ? ` · ${translate("bot.me.expires", { date: identity.expiresAt.slice(0, 10) })}` : ""}`,
      ),
    ]);
    const lacks = identities.flatMap((identity) =>
      identity.lacks.map((lack) => [text(`• ${sayLack(translate, lack)}`)]),
    );
    return {
      text: joinLines([
        [text(translate(`bot.me.${member.role}`, { name: member.name, id: member.id }))],
        ...rows,
        ...lacks,
      ]),
    };
  },
};
