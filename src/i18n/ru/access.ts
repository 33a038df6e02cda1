import type { access as english } from "../en/access.js";

export const access: Record<keyof typeof english, string> = {
  "lack.inbox_by_kind":
    "GitHub не показывает уведомления токенам fine-grained: упоминания и запросы ревью видны только в тех репозиториях, на которые вы подписаны.",
  "lack.inbox_by_kind.remedy": "Чтобы получать все, нужен классический токен с правами repo и notifications.",
  "lack.inbox": "Без права notifications (или repo) ваши уведомления на GitHub не прочитать.",
  "lack.inbox.remedy": "Добавьте право notifications.",
  "lack.private_projects": "Приватные репозитории не видны: у токена только право public_repo.",
  "lack.private_projects.remedy": "Если они нужны, добавьте право repo.",
  "lack.all_projects":
    "Токену видны только публичные репозитории, а перезапускать, одобрять и вливать он не может: нет права repo.",
  "lack.all_projects.remedy": "Добавьте право repo.",
  "lack.teams":
    "Ваши команды неизвестны: без права read:org запросы ревью и упоминания команды не считаются вашими.",
  "lack.teams.remedy": "Добавьте право read:org.",
  "lack.groups": "Ваши группы прочитать не удалось: до тех пор упоминания группы не считаются вашими.",
  "lack.groups.remedy": "gitnotify спросит ещё раз сам. Если не пройдёт, дайте токену право read_api.",
  "lack.organizations": "Организации с единым входом (SSO) этому токену не видны.",
  "lack.organizations.remedy":
    "Разрешите токен для них: Settings, Developer settings, Personal access tokens, Configure SSO.",
  "lack.actions": "Перезапуск, отмена, одобрение и слияние с этим токеном не работают.",
  "lack.actions.remedy": "Чтобы действовать из чата, создайте токен с правом api.",
  "lack.reading": "Проекты, пайплайны, мерж-реквесты и список дел с этим токеном не прочитать.",
  "lack.reading.remedy": "Создайте токен с правом read_api, а чтобы действовать из чата — api.",
  "lack.project_bot":
    "Этот токен принадлежит боту проекта, а не вам: ваши упоминания, ревью и дела останутся неизвестны.",
  "lack.project_bot.remedy": "Создайте личный токен (personal access token).",
  "lack.group_bot":
    "Этот токен принадлежит боту группы, а не вам: ваши упоминания, ревью и дела останутся неизвестны.",
  "lack.group_bot.remedy": "Создайте личный токен (personal access token).",
};
