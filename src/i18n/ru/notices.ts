import type { notices as english } from "../en/notices.js";

export const notices: Record<keyof typeof english, string> = {
  "notice.watching":
    "👁 Слежу за {count, plural, one {# проектом} few {# проектами} many {# проектами} other {# проекта}} на {connection}: {projects}{more, plural, =0 {} other { и ещё #}}. С этого момента приходит всё новое.",
  "notice.watching-personal":
    "👁 Слежу за всем, что касается вас на {connection}. С этого момента приходит всё новое.",
  "notice.refused":
    "🔑 {platform} не принимает токен подключения {connection}, и пока его не заменят, оттуда ничего не придёт. {reason} {remedy}",
  "notice.accepted": "🔑 Токен подключения {connection} снова принят. Забираю пропущенное.",
  "notice.expiring":
    "🔑 Токен подключения {connection} истекает {days, plural, =0 {меньше чем через день} one {через # день} few {через # дня} many {через # дней} other {через # дня}}. Создайте новый и подставьте его до этого срока.",
  "notice.lacks": "🔒 {connection}: {what}",
  "notice.gone":
    "🚪 Проекта {project} на {connection} больше нет, или этому токену он не виден. Его ищут снова каждый час.",
  "notice.renamed": "🏷 {before} теперь называется {project}. Ничего не потеряно.",
  "notice.stale":
    "🔇 От {connection} нет ответа уже {minutes, plural, one {# минуту} few {# минуты} many {# минут} other {# минуты}}. {reason} {remedy} Попытки продолжаются сами, ничего не потеряется.",
  "notice.recovered":
    "🔊 {connection} снова отвечает, перерыв длился {minutes, plural, one {# минуту} few {# минуты} many {# минут} other {# минуты}}. Доставляю пропущенное.",
  "notice.other-poller":
    "👥 Обновления этого бота забирает ещё одна программа, поэтому кнопки и команды могут сюда не доходить. Остановите её или дайте ей своего бота: один токен нельзя делить на двоих. Сообщения приходят как прежде.",
  "notice.webhook":
    "🪝 Другая программа снова и снова ставит этому боту webhook, поэтому кнопки и команды могут сюда не доходить. Остановите её или дайте ей своего бота. Сообщения приходят как прежде.",
  "notice.dead":
    "🗄 {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}} в чат {chat} доставить не удалось, повторных попыток не будет. {reason} Подробнее: gitnotify deliveries show {id}",
  "notice.parked": "📪 Сообщения в чат {chat} пока не отправляются. {reason}",
};
