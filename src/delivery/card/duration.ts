import type { Translate } from "../../i18n/index.js";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `45 s`, `3 min 12 s`, `14 min`, `2 h 5 min`, `3 days`: as exact as a person cares. */
export function toDuration(ms: number, translate: Translate): string {
  if (ms < minute) return translate("duration.seconds", { seconds: Math.max(0, Math.floor(ms / second)) });
  if (ms < 10 * minute) {
    const [minutes, seconds] = split(ms, minute, second);
    if (seconds > 0) return translate("duration.minutes_seconds", { minutes, seconds });
  }
  if (ms < hour) return translate("duration.minutes", { minutes: Math.floor(ms / minute) });
  if (ms < day) {
    const [hours, minutes] = split(ms, hour, minute);
    if (minutes === 0) return translate("duration.hours", { hours });
    return translate("duration.hours_minutes", { hours, minutes });
  }
  return translate("duration.days", { days: Math.floor(ms / day) });
}

/** Between two ISO instants; undefined when one is missing or they are the wrong way round. */
export function durationBetween(
  from: string | undefined,
  to: string | undefined,
  translate: Translate,
): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  const ms = Date.parse(to) - Date.parse(from);
  return ms >= 0 ? toDuration(ms, translate) : undefined;
}

function split(ms: number, large: number, small: number): [number, number] {
  return [Math.floor(ms / large), Math.floor((ms % large) / small)];
}
