import type { EveryFailure } from "../failures.js";
import { russianRefusals } from "./pattern-refusals.js";

const look = "Посмотрите на сайте, прежде чем повторять.";
const again = "Попытка повторится сама.";
const said = "{said, select, none {} other { («{said}»)}}";

/** By `code.detail`, by `code`, by `kind` for all the rest, and by `bare` where even the server's name is missing. */
export const russianFailures: EveryFailure = {
  ...russianRefusals,
  newer_cursor: {
    reason: "Позицию сохранил более новый gitnotify, эта версия потеряла бы то, что было с тех пор.",
    remedy: "Установите более новый gitnotify снова или восстановите копию, сделанную до обновления.",
  },
  "kind.throttled": { reason: "{server}: лимит запросов исчерпан, нужно подождать." },
  "kind.unreachable": { reason: "{server} не отвечает как нужно.", remedy: again },
  "kind.ambiguous": { reason: "{server} не подтвердил, что это сделано.", remedy: look },
  "kind.unauthorized": {
    reason: "{server} не принимает токен: он истёк или отозван.",
    remedy: "Создайте новый токен и сохраните его для этого подключения.",
  },
  "kind.forbidden": { reason: "{server} не разрешает это с таким токеном." },
  "kind.gone": { reason: "{server}: такого нет, или токену это не видно." },
  "kind.conflict": { reason: "{server}: сейчас это невозможно." },
  "kind.rejected": { reason: "{server} отклонил запрос." },
  "bare.throttled": { reason: "Лимит запросов исчерпан, нужно подождать." },
  "bare.unreachable": { reason: "Сервер не отвечает как нужно.", remedy: again },
  "bare.ambiguous": { reason: "Подтверждения, что это сделано, нет.", remedy: look },
  "bare.unauthorized": {
    reason: "Токен не подходит.",
    remedy: "Сохраните для этого подключения новый токен.",
  },
  "bare.forbidden": { reason: "С таким токеном это не разрешено." },
  "bare.gone": { reason: "Такого нет, или токену это не видно." },
  "bare.conflict": { reason: "Сейчас это невозможно." },
  "bare.rejected": { reason: "Сервер отклонил запрос." },

  answered: { reason: `{server} ответил {status}${said}.` },
  server: { reason: "{server}: ошибка на самом сервере ({status}).", remedy: again },
  schema: {
    reason: "{server} прислал не тот ответ, которого ждут от его API.",
    remedy: "Если так и останется, посмотрите, не отвечает ли вместо него прокси или страница входа.",
  },
  permission: {
    reason: `{server} не разрешает это с таким токеном${said}.`,
    remedy: "{needed, select, none {} other {Дайте токену права: {needed}.}}",
  },
  insufficient_scope: {
    reason: "{server}: у токена не хватает прав.",
    remedy: "Создайте токен с правами: {needed}.",
  },
  sso: {
    reason: "{server}: организация требует единый вход (SSO).",
    remedy: "Откройте {url} и разрешите токен.",
  },
  own_merge_request: {
    reason: "{server} не даёт одобрить собственный пул-реквест.",
    remedy: "Попросите ревью у кого-нибудь ещё.",
  },
  not_open: { reason: "{what}: уже {state, select, merged {влит} other {закрыт}}." },
  not_ready_yet: {
    reason: "{what}: GitLab ещё проверяет, можно ли его влить.",
    remedy: "Попробуйте через несколько секунд.",
  },
  not_mergeable: {
    reason:
      "{what} нельзя влить: {status, select, ci_must_pass {сначала должен пройти его пайплайн} ci_still_running {его пайплайн ещё идёт} commits_status {исходной ветки нет или в ней нет коммитов} conflict {он конфликтует с целевой веткой} discussions_not_resolved {есть незакрытые обсуждения} draft_status {это черновик} jira_association_missing {в нём не указана задача Jira} locked_lfs_files {он меняет файлы, которые кто-то заблокировал} locked_paths {он меняет файлы, которые кто-то заблокировал} merge_request_blocked {его блокирует другой мерж-реквест} merge_time {время слияния ещё не наступило} need_rebase {сначала нужен rebase} not_approved {не хватает одобрений} not_open {он не открыт} requested_changes {ревьюер попросил правки} security_policy_pipeline_check {сначала должен пройти пайплайн политики безопасности} security_policy_violations {он нарушает политику безопасности} status_checks_must_pass {сначала должна пройти внешняя проверка} title_regex {заголовок не той формы, которую требует проект} other {причина не названа}}.",
    remedy: "Откройте его и посмотрите, чего не хватает.",
  },
  role: { reason: "Этому аккаунту нельзя влить {what}.", remedy: "Для этой ветки нужна роль выше." },
  role_to_approve: {
    reason: "Этому аккаунту нельзя одобрить {what}.",
    remedy: "GitLab разрешает это не всем, а во многих проектах не разрешает и автору.",
  },
  which_pipeline: {
    reason: "Какой пайплайн?",
    remedy: "Ответьте на его карточку или допишите к команде owner/repo@run-id либо ссылку.",
  },
  which_merge_request: {
    reason: "Какой именно?",
    remedy: "Ответьте на его карточку или допишите к команде owner/repo#12, group/project!12 либо ссылку.",
  },
  not_a_pipeline: {
    reason: "Это не пайплайн.",
    remedy: "Ответьте на карточку пайплайна или напишите owner/repo@run-id.",
  },
  not_a_merge_request: {
    reason: "Это не пул-реквест и не мерж-реквест.",
    remedy: "Напишите owner/repo#12 или group/project!12.",
  },
  unreadable_target: {
    reason: "«{text}» — не проект, не мерж-реквест и не пайплайн.",
    remedy: "Напишите owner/repo#12, group/project!12, owner/repo@run-id или вставьте ссылку.",
  },
  unknown_connection: { reason: "«{text}» не подходит ни к одному подключению: {known}." },
  nothing_to_retry: { reason: "{what}: перезапускать нечего." },
  identity: { reason: "Имя {project} теперь принадлежит другому репозиторию. Ничего не сделано." },
  no_log: { reason: "{server}: этого лога ещё нет или уже нет." },
  lagging: { reason: "{server}: данные ещё не обновились.", remedy: again },
  graphql: { reason: "{server}: GraphQL недоступен.", remedy: again },
  inconsistent: { reason: "{server} отвечает противоречиво.", remedy: again },
  head_moved: { reason: "С тех пор появились новые коммиты.", remedy: "Посмотрите их и решите ещё раз." },
  button: { reason: "Telegram не принял кнопку этого сообщения." },
  method: { reason: "Сервер Bot API слишком старый и не знает этой команды." },
  no_subject: { reason: "Об этом больше ничего не сохранено." },
  missing: {
    reason: "Токена {name} нет в хранилище секретов.",
    remedy: "Сохраните его: gitnotify secrets set {name}",
  },
  secret: { reason: "Секрет {name} не прочитан.", remedy: "Что именно не так, покажет gitnotify doctor." },
  "secret.absent": {
    reason: "Такого хранилища секретов на этой машине нет.",
    remedy: "Выберите другое: `gitnotify init --store file`.",
  },
  "secret.locked": {
    reason: "Хранилище секретов заблокировано.",
    remedy: "Разблокируйте его (войдите в свой сеанс) и попробуйте ещё раз.",
  },
  "secret.timeout": {
    reason: "Хранилище секретов не ответило вовремя.",
    remedy: "Посмотрите, не ждёт ли оно ответа на свой вопрос, и попробуйте ещё раз.",
  },
  "secret.read_only": {
    reason: "В это хранилище секретов записать нельзя: значения задаются снаружи.",
    remedy: "Задайте их там или выберите другое: `gitnotify init --store file`.",
  },
  "secret.failed": {
    reason: "Хранилище секретов не справилось.",
    remedy: "Что именно не так, покажет `gitnotify doctor`.",
  },
  too_many_projects: {
    reason: "Подходит больше {limit} проектов, отслеживаются только {limit} самых активных.",
    remedy: "Сузьте шаблон: например, по одному на группу.",
  },
  database_full: {
    reason: "На диске базы данных нет места.",
    remedy: "Освободите место: ничего не потеряно.",
  },
  database_read_only: {
    reason: "В базу данных нельзя писать.",
    remedy: "Дайте gitnotify право на запись в его папку.",
  },
  database_damaged: {
    reason: "База данных повреждена.",
    remedy: "Выполните gitnotify db check, затем gitnotify db restore FILE с последней копией.",
  },
  stopped: { reason: "gitnotify остановился во время отправки." },
  stopped_often: { reason: "gitnotify трижды останавливался во время отправки." },
  defect: { reason: "Ошибка самого gitnotify. Подробности в логе." },

  dns: {
    reason: "{server}: имя не найдено.",
    remedy:
      "Проверьте адрес и DNS этой машины. Если в сети есть прокси, укажите `proxy` в config.yaml или HTTPS_PROXY.",
  },
  refused: {
    reason: "{server} не принимает соединение.",
    remedy: "Проверьте порт в адресе и работает ли сервер.",
  },
  timeout: { reason: "{server} не ответил вовремя.", remedy: again },
  reset: { reason: "{server} оборвал соединение.", remedy: again },
  network: { reason: "{server}: соединение не удалось.", remedy: again },
  too_large: { reason: "{server} прислал больше, чем gitnotify читает за один ответ." },
  "too_large.intricate": {
    reason: "{server} прислал слишком длинный список или слишком глубокую вложенность.",
  },
  address: { reason: "{server}: этот адрес не разрешён настройками." },
  scheme: { reason: "{server}: по http токен не отправляется." },
  redirect: { reason: "{server} перенаправляет в другое место.", remedy: "Проверьте адрес в config.yaml." },
  tls: { reason: "{server}: защищённое соединение не удалось." },
  "tls.unknown_authority": {
    reason: "{server}: сертификат самоподписанный или выдан центром, которого эта машина не знает.",
    remedy: "Если это ваш собственный центр, укажите его сертификат (PEM) в `caFile` в config.yaml.",
  },
  "tls.expired": {
    reason: "{server}: срок сертификата истёк, или часы этой машины идут неверно.",
    remedy: "Проверьте часы командой `date`. Если они верны, сертификат должен обновить владелец сервера.",
  },
  "tls.not_yet_valid": {
    reason: "{server}: сертификат ещё не действует, или часы этой машины идут неверно.",
    remedy: "Проверьте часы командой `date`.",
  },
  "tls.hostname": {
    reason: "{server}: сертификат выдан на другое имя.",
    remedy: "Проверьте адрес в config.yaml: нужно имя, на которое выдан сертификат.",
  },
  "tls.protocol": {
    reason: "{server}: на этом порту нет TLS.",
    remedy: "Проверьте порт. Серверу с простым http нужны адрес http:// и `allowHttp: true`.",
  },
  "tls.version": {
    reason: "{server} предлагает только устаревшие версии TLS.",
    remedy: "Сервер нужно настроить на TLS 1.2 или новее.",
  },
  "tls.ca_file": {
    reason: "{server}: файл из `caFile` не читается.",
    remedy: "Проверьте путь в config.yaml.",
  },
  proxy: { reason: "{server}: прокси не пропускает.", remedy: "Проверьте настройку прокси." },
  "proxy.auth": {
    reason: "{server}: прокси требует имя и пароль или не принимает их.",
    remedy: "Впишите их в адрес прокси: http://user:password@host, особые знаки в процентной записи.",
  },
  "proxy.refused": {
    reason: "{server}: правила прокси запрещают это соединение.",
    remedy: "Попросите разрешить этот адрес или укажите `proxy: direct`, если он доступен напрямую.",
  },
  "proxy.unreachable": {
    reason: "{server}: прокси недоступен.",
    remedy: "Проверьте адрес прокси и работает ли он.",
  },
  "proxy.target": {
    reason: "{server}: прокси не смог с ним соединиться.",
    remedy:
      "Проверьте адрес. Если его видит только эта машина, укажите `proxy: direct` или внесите его в NO_PROXY.",
  },
  "proxy.certificate": {
    reason: "{server}: сертификат прокси не принят.",
    remedy: "Укажите его центр в `caFile`.",
  },

  chat: {
    reason: "Telegram: этого чата больше нет, или боту в нём не рады.",
    remedy: "Откройте чат с ботом (или добавьте бота в группу) и отправьте /start.",
  },
  topic: { reason: "Telegram: этой темы больше нет, или она закрыта." },
  message: { reason: "Telegram: этого сообщения больше нет." },
  rights: {
    reason: "Telegram: у бота нет права писать в этот чат.",
    remedy: "Разрешите боту писать в этом чате.",
  },
  entities: { reason: "Telegram не принял разметку сообщения." },
  not_modified: { reason: "Telegram: менять в сообщении нечего." },
  too_long: { reason: "Telegram: сообщение слишком длинное." },
  query: { reason: "Telegram: кнопка нажата слишком давно." },
  webhook: { reason: "У бота включён webhook.", remedy: "Отключите webhook этого бота." },
  other_poller: {
    reason: "Обновления этого бота получает другая программа.",
    remedy: "Остановите её или создайте отдельного бота у @BotFather.",
  },
};
