import type { notices as english } from "../en/notices.js";

export const notices: Record<keyof typeof english, string> = {
  "notice.watching":
    "👁 Слежу за {count, plural, one {# проектом} few {# проектами} many {# проектами} other {# проекта}} на {connection}: {projects}{more, plural, =0 {} other { и ещё #}}. Обо всём новом сообщу здесь.",
  "notice.watching-personal":
    "👁 Слежу за тем, что касается вас на {connection}. Обо всём новом сообщу здесь.",
  "notice.refused":
    "🔑 {platform} не принял токен подключения {connection}. Пока вы его не замените, оттуда ничего не придёт. {reason} {remedy}",
  "notice.accepted": "🔑 Токен подключения {connection} снова принят. Пропущенное скоро придёт.",
  "notice.expiring":
    "🔑 Токен подключения {connection} истекает {days, plural, =0 {меньше чем через день} one {через # день} few {через # дня} many {через # дней} other {через # дня}}. Создайте новый и сохраните: gitnotify secrets set connection/{connection}",
  "notice.gone":
    "🚪 Проекта {project} на {connection} больше нет, или токен потерял к нему доступ. gitnotify ищет его снова каждый час.",
  "notice.shortfall":
    "🧩 На {connection} читается не всё:\n{parts}{more, plural, =0 {} other {\n…и ещё #}}\nЗатронуто: {places}{others, plural, =0 {} other { и ещё #}}. Остальное приходит как прежде. Пока это не исправлено, оно видно в /status.",
  "notice.shortfall-over":
    "🧩 На {connection} снова в порядке:\n{parts}{more, plural, =0 {} other {\n…и ещё #}}\nБыло затронуто: {places}{others, plural, =0 {} other { и ещё #}}.",
  "notice.inbox-gone":
    "🚪 Список уведомлений на {connection} отвечает «не найдено», поэтому упоминания и запросы ревью оттуда не приходят. {reason} Попытки повторяются каждый час.",
  "notice.throttled":
    "⏳ {connection} не принимает запросы ещё {minutes, plural, one {# минуту} few {# минуты} many {# минут} other {# минуты}}: лимит исчерпан. {reason} {remedy} Всё, что произойдёт за это время, придёт потом.",
  "notice.disk-full":
    "💽 На диске базы данных нет места, ничего нельзя сохранить. Освободите место: ничего не потеряно, gitnotify продолжит с того же места. До тех пор кнопки и команды могут не отвечать.",
  "notice.disk-read-only":
    "💽 В базу данных больше нельзя писать. Дайте gitnotify право на запись в его папку. Ничего не потеряно, работа продолжится с того же места.",
  "notice.database-damaged":
    "💽 База данных повреждена, и gitnotify остановился, чтобы не сделать хуже. На его машине выполните gitnotify db check, затем gitnotify db restore FILE с последней копией, затем запустите его снова.",
  "notice.disk-well": "💽 База данных снова доступна для записи. Пропущенное скоро придёт.",
  "notice.found":
    "🚪 На {connection} снова доступно: {what, select, inbox {список уведомлений} other {{what}}}. Забираю пропущенное.",
  "notice.renamed": "🏷 {before} теперь называется {project}. Ничего не потеряно.",
  "notice.stale":
    "🔇 От {connection} нет ответа уже {minutes, plural, one {# минуту} few {# минуты} many {# минут} other {# минуты}}. {reason} {remedy} Попытки продолжаются, ничего не потеряется.",
  "notice.recovered":
    "🔊 {connection} снова отвечает, перерыв длился {minutes, plural, one {# минуту} few {# минуты} many {# минут} other {# минуты}}. Пропущенное скоро придёт.",
  "notice.other-poller":
    "👥 Обновления этого бота читает ещё одна программа, поэтому кнопки и команды могут не доходить до gitnotify. Остановите её или дайте ей отдельного бота: двум программам один токен не поделить. Сообщения приходят как обычно.",
  "notice.webhook":
    "🪝 Другая программа снова и снова ставит этому боту webhook, поэтому кнопки и команды могут не доходить до gitnotify. Остановите её или дайте ей отдельного бота. Сообщения приходят как обычно.",
  "notice.dead":
    "🗄 {count, plural, one {Не доставлено # сообщение} few {Не доставлены # сообщения} many {Не доставлено # сообщений} other {Не доставлено # сообщения}} в чат {chat}, попытки закончились: {what}{more, plural, =0 {} other { и ещё #}}. {reason} Подробнее: gitnotify deliveries show {id}",
  "notice.parked": "📪 Сообщения в чат {chat} ждут и пока не отправляются. {reason}",
  "notice.interrupted":
    "⏸ gitnotify остановился, пока выполнял вашу просьбу: {verb, select, merge {влить} approve {одобрить} cancel {отменить} other {перезапустить}} {what}. {standing, select, done {Это сделано.} failed {Это не сделано. Если ещё нужно, попросите снова.} other {Сделано ли это, неизвестно: посмотрите, прежде чем просить снова.}}",
  "notice.given-up":
    "⚠️ Не получилось: {what} — три раза подряд, больше не пробую. Возможно, ничего не сделано: посмотрите и попросите снова. Подробности в логе по метке {trace}.",
  "notice.given-up-waiting":
    "⚠️ Не получилось: {what} — другая программа десять минут не отпускала базу данных gitnotify, больше не пробую. Возможно, ничего не сделано: посмотрите и попросите снова. Подробности в логе по метке {trace}.",
};
