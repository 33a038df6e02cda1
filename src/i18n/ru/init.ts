/** What the wizard says in Telegram. */
export const init = {
  "init.paired": "Добро пожаловать, {name}. Теперь это ваш бот. Осталось несколько вопросов в терминале.",
  "init.done.title": "Всё настроено.",
  "init.done.personal":
    "Вы будете узнавать о том, что касается вас: запросы ревью, упоминания, назначения, ваши мерж-реквесты и пайплайны.",
  "init.done.projects":
    "{count, plural, one {Под наблюдением # проект или группа: {projects}} few {Под наблюдением # проекта или группы: {projects}} many {Под наблюдением # проектов или групп: {projects}} other {Под наблюдением # проекта или группы: {projects}}}",
  "init.done.nothing": "Пока ничего не отслеживается. Начните с /subscribe owner/repo.",
  "init.done.change": "Изменить подписки: /subscriptions",
  "init.done.service": "Теперь gitnotify работает в фоне. Проверить: /status.",
  "init.done.start": "Сообщения пойдут, когда gitnotify будет запущен: gitnotify start",
} as const;
