/** Times and waits in words; needs the texts of ui.texts_waits. Digits are Latin everywhere, as on the slips. */
import { pageData, text } from "./texts.js";

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

/** @typedef {import("./views.js").WaitView} Wait */

/**
 * A waiting time in words.
 *
 * @param {Wait | null} wait
 * @returns {string}  empty when nothing honest can be said
 */
export function waitRange(wait) {
  return wait ? text(wait.words, wait.values) : "";
}

/**
 * What a wait is made of, "line 12 min · slow today +3"; needs the texts of texts_why.
 *
 * @param {import("./views.js").WaitView | null | undefined} wait
 * @returns {string}  empty when nothing is known of it
 */
export function waitParts(wait) {
  const sign = (/** @type {number} */ minutes) => (minutes < 0 ? `−${-minutes}` : `+${minutes}`);
  const parts = (wait?.why ?? []).map(({ reason, minutes, people }) =>
    text(`why_${reason}`, { people, minutes: reason === "line" ? minutes : sign(minutes) }));
  return parts.join(" · ");
}

/**
 * What the first of the line is told; needs the texts of first_sentences.
 *
 * @param {import("./views.js").AwayView | null | undefined} away
 * @returns {string}  "You are next" only while somebody calls
 */
export function firstWords(away) {
  return text(away ? "first" : "next");
}

/**
 * Why nobody calls, in a sentence; needs the texts of away_sentences.
 *
 * @param {import("./views.js").AwayView | null | undefined} away
 * @returns {string}  empty while somebody calls
 */
export function awayWords(away) {
  if (!away) return "";
  return away.at ? text(`away_${away.why}_at`, { time: clock(away.at) }) : text(`away_${away.why}`);
}
