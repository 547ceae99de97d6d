/** What stands on the wall before the first call: the clinic, a calm clock, the date, and when it opens. */
import { find } from "../shared/dom.js";
import { fitting } from "../shared/fit.js";
import { clock } from "../shared/format.js";
import { pageData } from "../shared/texts.js";
import { nameOf, showInEach, word } from "./words.js";

/** @typedef {import("./departments.js").Department} Department */
/** @typedef {import("../shared/views.js").BoardView} Board */

/** Languages in which it says what the code is for. What whoever scans it agrees to stands there in all of them. */
const MOST_BESIDE_A_CODE = 3;

/** @type {(() => void) | null} */
let fit = null;
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {HTMLElement} section
 * @param {Board} board
 * @param {readonly string[]} languages
 * @param {Date} now
 */
export function drawWelcome(section, { departments, abha_code, abha_sms }, languages, now) {
  showInEach(find("#welcome-date", section), languages, (language) => dated(language, now, { weekday: "long", day: "numeric", month: "long" }));
  const isOpen = departments.length === 0 || departments.some((department) => department.is_open);
  const first = departments.reduce((best, one) => ((one.opens_at ?? "9") < (best?.opens_at ?? "9") ? one : best), departments[0]);
  showInEach(find("#welcome-words", section), languages, (language) => (isOpen || !first ? word(language, "welcome") : opensWords(first, language, now)));
  const few = languages.slice(0, MOST_BESIDE_A_CODE);
  const counter = departments.length > 1 && departments.find((department) => department.code === abha_code);
  showInEach(find("#abha-names", section), counter ? few : [], (language) => (counter ? nameOf(counter, language) : ""));
  showInEach(find("#abha-words", section), few, (language) => word(language, "abha"));
  showInEach(find("#abha-agreed", section), abha_sms ? languages : [], (language) => word(language, "abha_agreed"));
  fit ??= fitting(section, ".welcome-texts, .abha figcaption", ".welcome-texts > *, .abha figcaption > *");
  fit();
}

/**
 * Why a closed department gives out no numbers: until when, where that is known.
 *
 * @param {Department} department
 * @param {string} language
 * @param {Date} now
 * @returns {string}
 */
export function opensWords(department, language, now) {
  if (department.why === "quota") return word(language, "all_given");
  if (!department.opens_at) return word(language, "closed");
  const opens = new Date(department.opens_at);
  const time = clock(opens);
  if (dated("en", opens, { day: "numeric" }) === dated("en", now, { day: "numeric" })) return word(language, "opens_at", { time });
  return word(language, "opens_on", { day: dated(language, opens, { weekday: "long" }), time });
}

/**
 * @param {string} language
 * @param {Date} moment
 * @param {Intl.DateTimeFormatOptions} parts
 * @returns {string}  in the clinic's time zone, with Latin digits
 */
function dated(language, moment, parts) {
  const key = `${language} ${Object.keys(parts)}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(`${language === "en" ? "en-GB" : language}-u-nu-latn`, { ...parts, timeZone: pageData().time_zone });
    formats.set(key, format);
  }
  return format.format(moment);
}
