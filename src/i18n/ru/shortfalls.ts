import type { shortfalls as english } from "../en/shortfalls.js";

export const shortfalls: Record<keyof typeof english, string> = {
  "shortfall.denied":
    "Недоступно: {what, select, pipelines {пайплайны} mergeRequests {мерж-реквесты} merge_requests {мерж-реквесты} issues {задачи} repository {репозиторий} wiki {вики} other {{what}}}. Раздел отключён, или токену не хватает прав. Дайте токену право {scope} или уберите этот раздел из подписки.",
  "shortfall.hidden":
    "Некоторые организации скрыты от токена. Разрешите для него единый вход (SSO) в настройках токена.",
  "shortfall.refused_row":
    "Одна запись пропущена, её формат незнаком: {what}, место: {where}. Возможно, её поймёт новая версия gitnotify; если нет, сообщите нам.",
  "shortfall.set_aside":
    "{what}: прочитать не удалось, отложено{reason, select, too_large {: слишком большой ответ} server {: сервер отвечает ошибкой} timeout {: сервер отвечает слишком долго} schema {: формат ответа незнаком} permission {: токену не хватает прав} lagging {: сервер отстаёт от собственного списка} other {}}. gitnotify пробует снова, ничего не потеряется.",
  "shortfall.cut":
    "Слишком много: {what, select, comments {комментарии в одном обсуждении} reviews {ревью одного пул-реквеста} events {события одного пул-реквеста} merge_requests {изменённые мерж-реквесты} pipelines {пайплайны} commits {коммиты в одном пуше} files {файлы в одном пуше} wiki_events {изменения вики} todos {записи в списке дел} notifications {уведомления} pages {страницы списка за ссылкой на другой сервер} projects {проекты} other {{what}}}. Читаются только {limit}. {what, select, projects {Сузьте шаблоны в подписке, чтобы видеть остальное.} other {Остальное посмотрите там.}}",
  "shortfall.blocked":
    "{what}: сервер этого не отдаёт ({reason, select, timeout {нет ответа} network {нет ответа} reset {нет ответа} refused {отказ} redirect {перенаправление} schema {незнакомый ответ} permission {нет прав} other {{reason}}}). gitnotify обходится без этого, и теряется немногое; чтобы получать всё, разрешите это на сервере или в файрволе.",
  "shortfall.reread":
    "Сохранённую позицию прочитать не удалось ({what, select, pipelines {пайплайны} mergeRequests {мерж-реквесты} repository {документация} wiki {вики} inbox {ваши уведомления} other {{what}}}), чтение началось заново. События после {since} могли потеряться: посмотрите там сами.",
  "shortfall.missed":
    "Был принудительный пуш ({what}), и сервер не может сравнить ветку с прежними коммитами, поэтому неизвестно, что изменилось в документации. Посмотрите сами: {url}",
};
