/** Days and durations in words, for staff; needs the texts `minutes` and `hours_minutes` (ui.texts_durations). */
import { language, pageData, text } from "./texts.js";

/**
 * How long something has lasted: "12 min", "1 h 5 min".
 *
 * @param {number} milliseconds  negative counts as none
 * @returns {string}
 */
export function elapsed(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 60) return text("minutes", { count: minutes });
  return text("hours_minutes", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/**
 * Day in words, "Sunday, 22 November", in the page's language and the clinic's time zone.
 *
 * @param {Date | string} moment
 * @returns {string}
 */
export function day(moment) {
  return new Intl.DateTimeFormat(`${language()}-u-nu-latn`, {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: pageData().time_zone,
  }).format(new Date(moment));
}
