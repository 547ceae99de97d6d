/**
 * Times and ranges in words. Digits are Latin everywhere, as on the slips.
 *
 * Needs the texts `minutes`, `hours_minutes`, `wait_range`, `wait_short`, `wait_wide` and `wait_clock` (see ui.texts_waits).
 */
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

/** @type {Map<string, Intl.DateTimeFormat>} */
const clocks = new Map();

/**
 * Time of day in the clinic's time zone, "14:05".
 *
 * @param {Date | string} moment
 * @param {string} [timeZone]  IANA name; the page's `time_zone` unless told
 * @returns {string}
 */
export function clock(moment, timeZone = pageData().time_zone) {
  const name = timeZone ?? "";
  let format = clocks.get(name);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
    clocks.set(name, format);
  }
  return format.format(new Date(moment));
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

/**
 * A wait as the server tells it: the key of a sentence, what stands in it, the likely minutes in steps of five; `late`
 * when the call may come only after closing time.
 *
 * @typedef {{words: string, values: Record<string, string | number>, minutes: number, late?: boolean}} Wait
 */

/**
 * A waiting time in words.
 *
 * @param {Wait | null} wait
 * @returns {string}  empty when nothing honest can be said
 */
export function waitRange(wait) {
  return wait ? text(wait.words, wait.values) : "";
}
