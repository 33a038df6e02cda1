import type { RefusalCode } from "../../domain/pattern-refusal.js";
/** Why a text names no project. What to write instead stands beside it. */
export const russianRefusals: Readonly<Record<RefusalCode, { reason: string }>> = {
  "pattern.empty": { reason: "Здесь должен быть проект: подключение:путь." },
  "pattern.no-connections": {
    reason: "Подключений ещё нет, а проект пишется так: подключение:путь.",
  },
  "pattern.which-connection": { reason: "Не сказано, на каком подключении ({ids}) этот проект." },
  "pattern.several-connections": {
    reason: "По этому адресу несколько подключений ({ids}): напишите, какое нужно.",
  },
  "pattern.unknown-connection": { reason: "Подключения «{id}» нет. Есть: {ids}." },
  "pattern.no-path": { reason: "Не указан путь проекта." },
  "pattern.odd-character": { reason: "Символа «{character}» в пути проекта быть не может." },
  "pattern.empty-part": { reason: "Одна из частей пути пуста." },
  "pattern.group": { reason: "«{path}» — это группа или владелец, а не проект." },
  "pattern.no-such-path": { reason: "На {platform} не бывает проекта с таким путём." },
  "pattern.no-such-group": { reason: "На {platform} не бывает группы с таким путём." },
  "pattern.two-parts": { reason: "Репозиторий на {platform} — это всегда владелец/имя." },
  "pattern.server": { reason: "Это адрес самого {platform}, а не проекта." },
  "pattern.own-page": { reason: "«{name}» — страница самого {platform}, а не проекта." },
  "pattern.reserved": { reason: "На {platform} не бывает проекта или группы с именем «{name}»." },
  "address.foreign": { reason: "По адресу {host} нет подключения. Есть: {connections}." },
  "address.outside": { reason: "Этот адрес не относится ни к одному подключению. Есть: {connections}." },
  "address.host-or-group": {
    reason:
      "По адресу {host} нет подключения. Есть: {connections}. Группа с таким именем пишется так: {id}:{host}/…",
  },
  "address.scheme": { reason: "Адрес, который начинается с {scheme}://, не ведёт к проекту." },
  "address.broken": { reason: "Это не полный адрес." },
};
