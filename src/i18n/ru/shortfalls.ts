import type { shortfalls as english } from "../en/shortfalls.js";

export const shortfalls: Record<keyof typeof english, string> = {
  "shortfall.denied":
    "Недоступно: {what, select, pipelines {пайплайны} mergeRequests {мерж-реквесты} merge_requests {мерж-реквесты} issues {задачи} repository {репозиторий} wiki {вики} other {{what}}}. Раздел отключён, или токену не хватает прав. Дайте токену право {scope} или уберите этот раздел из подписки.",
  "shortfall.hidden":
    "Некоторые организации скрыты от токена. Разрешите для него единый вход (SSO) в настройках токена.",
  "shortfall.refused_row":
    "Одна запись имеет незнакомый вид и пропущена: {what}, место: {where}. Возможно, её понимает новая версия gitnotify; если нет, сообщите нам.",
  "shortfall.set_aside": "{what}: прочитать не удалось, отложено. {reason} Попытки продолжаются сами.",
  "shortfall.cut":
    "Слишком много: {what}. Читаются только {limit}. Сузьте шаблоны в подписке, чтобы видеть остальное.",
  "shortfall.blocked":
    "Закрыт доступ: {what}. {reason} Разрешите его на сервере или в файрволе, чтобы получать всё.",
  "shortfall.reread":
    "Сохранённую позицию прочитать не удалось ({what}), чтение началось заново. События после {since} могли потеряться: проверьте сами.",
};
