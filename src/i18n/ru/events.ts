import type { events as english } from "../en/events.js";

/** In the present tense: the past would have to know whether a man or a woman did it. */
export const events: Record<keyof typeof english, string> = {
  "event.mention.created":
    "{you, select, yes {{known, select, yes {{actor} упоминает вас} other {Вас упомянули}}} other {{known, select, yes {{actor} упоминает {whom}} other {Упоминание: {whom}}}}}",
  "event.comment.created": "{known, select, yes {{actor} комментирует} other {Новый комментарий}}",
  "event.assignment.added":
    "{you, select, yes {{known, select, yes {{actor} назначает вас исполнителем} other {Исполнитель — вы}}} other {{known, select, yes {{actor} назначает исполнителя: {whom}} other {Исполнитель: {whom}}}}}",
  "event.review.requested":
    "{you, select, yes {{known, select, yes {{actor} запрашивает ваше ревью} other {Запрошено ваше ревью}}} other {{known, select, yes {{actor} запрашивает ревью у {whom}} other {Запрошено ревью у {whom}}}}}",
  "event.review.approved": "{known, select, yes {{actor} одобряет} other {Одобрено}}",
  "event.review.changes_requested": "{known, select, yes {{actor} просит правки} other {Запрошены правки}}",
  "event.review.commented": "{known, select, yes {{actor} оставляет ревью} other {Новое ревью}}",
  "event.review.dismissed":
    "{known, select, yes {{actor} отклоняет ревью от {whom}} other {Ревью от {whom} отклонено}}",
  "event.merge_request.opened": "{known, select, yes {{actor} открывает} other {Открыто}}",
  "event.merge_request.ready":
    "{known, select, yes {{actor} переводит из черновика: готово к ревью} other {Готово к ревью}}",
  "event.merge_request.drafted":
    "{known, select, yes {{actor} возвращает в черновики} other {Снова черновик}}",
  "event.merge_request.merged": "{known, select, yes {{actor} вливает изменения} other {Изменения влиты}}",
  "event.merge_request.closed":
    "{known, select, yes {{actor} закрывает без слияния} other {Закрыто без слияния}}",
  "event.merge_request.reopened": "{known, select, yes {{actor} открывает снова} other {Снова открыто}}",
  "event.merge_request.pushed":
    "{known, select, yes {{actor} добавляет {count, plural, =0 {новые коммиты} one {# коммит} few {# коммита} many {# коммитов} other {# коммита}}} other {Новые коммиты}}",
  "event.merge_request.conflict": "Конфликт с целевой веткой",
  "event.pipeline.started": "Выполняется",
  "event.pipeline.failed": "Сбой",
  "event.pipeline.fixed": "Починено",
  "event.pipeline.succeeded": "Успешно",
  "event.pipeline.canceled": "Отменено",
  "event.pipeline.blocked": "Ждёт ручного запуска",
  "event.wiki.created": "{known, select, yes {{actor} создаёт страницу вики} other {Новая страница вики}}",
  "event.wiki.updated": "{known, select, yes {{actor} меняет страницу вики} other {Страница вики изменена}}",
  "event.wiki.deleted": "{known, select, yes {{actor} удаляет страницу вики} other {Страница вики удалена}}",
  "event.docs.changed": "{known, select, yes {{actor} меняет документацию} other {Документация изменена}}",
};
