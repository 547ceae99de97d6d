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
