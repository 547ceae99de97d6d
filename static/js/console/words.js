/** Entries in words, and the badges that carry them. */
import { el, icon } from "../shared/dom.js";
import { elapsed } from "../shared/durations.js";
import { clock } from "../shared/format.js";
import { roomWords } from "../shared/rooms.js";
import { pageData, text, textIn } from "../shared/texts.js";

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Department} Department
 * @typedef {import("./types.js").RoomView} RoomView
 */

/**
 * @param {Department} department
 * @returns {string}
 */
export function nameOf(department) {
  return textIn(department.names) || department.code;
}

/**
 * A department's name by its code; the code where the name is not known.
 *
 * @param {string} code
 * @returns {string}
 */
export function departmentName(code) {
  /** @type {Department[]} */
  const known = pageData().departments ?? [];
  const department = known.find((candidate) => candidate.code === code);
  return department ? nameOf(department) : code;
}

/**
 * The word for a break's reason, or the doctor's own words.
 *
 * @param {string | null} reason
 * @returns {string}
 */
export function breakReason(reason) {
  return reason === null ? "" : (pageData().break_reasons?.[reason] ?? reason);
}

/**
 * What is special about this patient, shortest first: `{icon, words, priority}`.
 *
 * @param {Entry} entry
 * @param {Record<string, Record<string, string>>} rooms  code → names of those that have some
 * @returns {{name: string, icon: string, words: string, priority?: string}[]}
 */
export function marks(entry, rooms) {
  const found = [];
  if (!entry.is_here) {
    const words = entry.kept_until ? text("not_here_until", { time: clock(entry.kept_until) }) : text("not_here");
    found.push({ name: "away", icon: "later", words });
  }
  if (entry.priority !== "normal") {
    const word = text(`priority_${entry.priority}`);
    const words = entry.reason ? text("with_reason", { word, reason: entry.reason }) : word;
    found.push({ name: "priority", icon: entry.priority, words, priority: entry.priority });
  }
  if (entry.came_from) {
    const department = departmentName(entry.came_from);
    found.push({ name: "from", icon: "transferred", words: text(entry.for_doctor ? "came_back" : "came_from", { department }) });
  }
  if (entry.return_to) found.push({ name: "return", icon: "back", words: text("returns_to", { place: roomWords(entry.return_to, rooms[entry.return_to]) }) });
  if (entry.for_doctor) found.push({ name: "doctor", icon: "person", words: text("for_doctor", { doctor: entry.for_doctor }) });
  return found;
}

/**
 * @param {{icon: string, words: string, priority?: string}} mark
 * @returns {HTMLElement}
 */
export function badge(mark) {
  return el("span", { class: "badge", "data-priority": mark.priority }, icon(mark.icon), el("span", {}, mark.words));
}

/**
 * How long somebody has been waiting, "32 min".
 *
 * @param {Entry} entry
 * @param {Date} now
 * @returns {string}
 */
export function waited(entry, now) {
  return elapsed(now.getTime() - Date.parse(entry.arrived_at ?? entry.joined_at));
}

/**
 * How long somebody will probably wait, as a short range: "likely 10–25 min", "likely at 11:10–11:35".
 *
 * @param {Entry} entry
 * @returns {string}  empty when nothing honest can be said
 */
export function likelyWait({ wait }) {
  if (!wait) return "";
  const likely = text(`likely_${wait.words}`, wait.values);
  return wait.late ? text("likely_late", { likely }) : likely;
}

/**
 * Why somebody has this place in the order, "counted 20 minutes earlier: needs help".
 *
 * @param {Entry} entry
 * @returns {string}
 */
export function placeReason({ place }) {
  return text(`place_${place.reason}`, { minutes: place.minutes, people: place.people });
}

/**
 * Seconds as on a stop-watch: "0:45", "12:05", "1:02:05".
 *
 * @param {number} milliseconds
 * @returns {string}
 */
export function stopwatch(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
