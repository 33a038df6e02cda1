export const given = {
  "given.noTerminal": "init задаёт вопросы, а терминала, чтобы их задать, нет",
  "given.noTerminal.remedy":
    "Запустите в терминале или дайте ответы:\n  gitnotify init --non-interactive --github --project ''acme/*'' --owner 123456789\n  gitnotify init --answers answers.yaml\nТокены берутся из GITNOTIFY_SECRET_TELEGRAM и GITNOTIFY_SECRET_CONNECTION_GITHUB или по --secrets-stdin.\nПолный список: `gitnotify init --help`.",
  "given.wrong": "{id}: {why}",
  "given.wrong.remedy": "Исправьте ответ и запустите ещё раз.",
  "given.missing": "нет ответа {id}",
  "given.impossible": "«{answer}» здесь невозможно; есть {known}",
  "given.secret":
    "Задайте {variable}, или {variable}_FILE с путём к файлу, или передайте `{secret}=TOKEN` через --secrets-stdin.",
  "given.remedy.telegramCa": "Укажите центр сертификации: --telegram-ca-file ФАЙЛ.",
  "given.remedy.telegramProxy": "Проверьте сеть или укажите --telegram-proxy URL.",
  "given.remedy.allowHttp": "Если так и задумано, добавьте --allow-http.",
  "given.remedy.allowPrivateAddress": "Если это ваш собственный сервер, добавьте --allow-private-address.",
  "given.remedy.caFile": "Укажите его центр сертификации: --ca-file ФАЙЛ.",
  "given.remedy.proxy": "Проверьте адрес и сеть или укажите --proxy URL.",
  "given.remedy.platform": "Укажите --github [URL] или --gitlab [URL] или --answers ФАЙЛ.",
  "given.remedy.webhook": "Если так и задумано, добавьте --remove-webhook.",
  "given.remedy.projects": "Проверьте --project.",
  "given.remedy.other": "Запустите `gitnotify init` в терминале или посмотрите `gitnotify init --help`.",
  "given.warning": "предупреждение: {text}",
  "given.problem": "ошибка: {text}",
} as const;
