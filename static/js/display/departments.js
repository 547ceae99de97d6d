/** What goes on in each department: how many wait, and who is there to see them. */
import { el, find, icon, reconcile, setAttribute, setIcon, setText } from "../shared/dom.js";
import { fitting } from "../shared/fit.js";
import { clock } from "../shared/format.js";
import { textIn } from "../shared/texts.js";
import { plate } from "./calls.js";
import { opensWords } from "./welcome.js";
import { nameOf, showInEach, word } from "./words.js";

/**
 * @typedef {import("../shared/views.js").DepartmentView} Department
 * @typedef {import("../shared/views.js").DoctorView} Doctor
 * @typedef {{turn: number, now: Date, isQuiet: boolean}} Scene
 *   `turn` grows by one every few seconds: the doctors' words change language with it, and where there are more doctors
 *   than places, the next ones are shown after each round of languages; `isQuiet` before the day's first call
 */

/** More doctors than this in one department are written smaller where there is a choice. */
const MANY = 6;

/** Names that are smaller than this cannot be read from the last row; they are shortened instead. */
const LEGIBLE = 0.72;
/** @type {(() => void) | null} */
let fit = null;

const SYMBOLS = { expected: "clock", on_duty: "check", on_break: "break", off_duty: "leave" };

/**
 * @param {readonly Department[]} departments
 * @param {readonly Doctor[]} doctors
 * @param {Record<string, Record<string, string>>} rooms  code → language → name, of those that have some
 * @param {readonly string[]} languages
 * @param {Scene} scene
 */
export function drawDepartments(departments, doctors, rooms, languages, scene) {
  const list = find("#departments");
  setAttribute(list, "data-count", departments.length);
  reconcile(list, departments, (department) => `${JSON.stringify(department.names)} ${department.icon}`, newCard, (card, department) => {
    const own = doctors.filter((doctor) => doctor.department === department.code);
    updateCard(card, department, own, rooms, languages, scene);
  });
  fit ??= fitting(list, ".department", ".department-head, .newcomer, .nobody, .doctors", LEGIBLE);
  fit();
}

/** @param {Department} department */
function newCard(department) {
  return el(
    "section",
    { class: "department", "data-code": department.code },
    el(
      "div",
      { class: "department-head" },
      plate(department),
      el("h2", {}),
      el("p", { class: "waiting" }, icon("people"), el("span", { class: "waiting-count" }), el("span", { class: "words" })),
    ),
    el("p", { class: "newcomer" }, icon("clock"), el("span", { class: "newcomer-wait" }), el("span", { class: "newcomer-closing" })),
    el("p", { class: "nobody" }),
    el("ul", { class: "doctors" }),
  );
}

/**
 * @param {HTMLElement} card
 * @param {Department} department
 * @param {Doctor[]} doctors
 * @param {Record<string, Record<string, string>>} rooms
 * @param {readonly string[]} languages
 * @param {Scene} scene
 */
function updateCard(card, department, doctors, rooms, languages, { turn, now, isQuiet }) {
  setAttribute(card, "data-colour", department.colour);
  setAttribute(card, "data-closed", !department.is_open);
  showInEach(find("h2", card), languages, (code) => nameOf(department, code));
  // Before the first call nobody need read that nobody waits; when it opens stands below the name, or above all cards.
  setAttribute(find(".waiting", card), "hidden", isQuiet && department.waiting === 0);
  setText(find(".waiting-count", card), department.is_open ? department.waiting : "");
  showInEach(find(".waiting .words", card), languages, (code) => (department.is_open ? word(code, "waiting") : opensWords(department, code, now)));

  const list = find(".doctors", card);
  setAttribute(list, "data-many", doctors.length > MANY);
  const language = languages[turn % languages.length] ?? "en";
  const wait = department.is_open && !department.is_closing ? department.wait : null;
  const newcomer = wait ? word(language, wait.words, wait.values) : "";
  setAttribute(find(".newcomer", card), "hidden", newcomer === "" && !department.is_closing);
  setAttribute(find(".newcomer", card), "lang", language);
  setText(find(".newcomer-wait", card), newcomer);
  setText(find(".newcomer-closing", card), department.is_closing ? word(language, "closing") : "");
  const quiet = isQuiet ? quietWords(department, doctors, language, now) : "";
  setAttribute(find(".nobody", card), "hidden", quiet === "");
  setAttribute(find(".nobody", card), "lang", language);
  setText(find(".nobody", card), quiet);
  const page = pageOf(doctors, placesIn(list), Math.floor(turn / languages.length));
  reconcile(list, page, (doctor) => `${doctor.doctor} ${doctor.room}`, newDoctor, (row, doctor) => updateDoctor(row, doctor, textIn(rooms[doctor.room], language), language));
}

/**
 * What a department without patients has to say.
 *
 * @param {Department} department
 * @param {readonly Doctor[]} doctors
 * @param {string} language
 * @param {Date} now
 * @returns {string}
 */
function quietWords(department, doctors, language, now) {
  if (!department.is_open) return opensWords(department, language, now);
  return doctors.length === 0 ? word(language, "nobody_yet") : "";
}

/** @param {Doctor} doctor */
function newDoctor(doctor) {
  return el(
    "li",
    { class: "doctor" },
    icon(SYMBOLS[doctor.state]),
    el("span", { class: "doctor-name" }),
    el("span", { class: "doctor-room" }, icon("room"), el("span", { class: "doctor-room-code" }, doctor.room), el("span", { class: "doctor-room-words" })),
    el("span", { class: "doctor-state" }),
  );
}

/**
 * @param {HTMLElement} row
 * @param {Doctor} doctor
 * @param {string} room  its name, empty where it has none
 * @param {string} language
 */
function updateDoctor(row, doctor, room, language) {
  setAttribute(row, "data-duty", doctor.state);
  const symbol = row.querySelector("svg");
  if (symbol) setIcon(symbol, SYMBOLS[doctor.state]);
  setText(find(".doctor-name", row), doctor.doctor);
  setAttribute(find(".doctor-room", row), "data-named", Boolean(room));
  setText(find(".doctor-room-code", row), doctor.room);
  const words = find(".doctor-room-words", row);
  setAttribute(words, "lang", language);
  setText(words, room || word(language, "room_number", { room: doctor.room }));
  const state = find(".doctor-state", row);
  setAttribute(state, "lang", language);
  setText(state, dutyWords(doctor, language));
}

/**
 * @param {Doctor} doctor
 * @param {string} language
 * @returns {string}
 */
export function dutyWords({ state, back_at: backAt }, language) {
  if (!backAt || (state !== "on_break" && state !== "expected")) return word(language, state);
  return word(language, `${state}_at`, { time: clock(backAt) });
}

/**
 * How many doctors the style sheet has room for.
 *
 * @param {HTMLElement} list
 * @returns {number}
 */
function placesIn(list) {
  return Math.max(1, Number.parseInt(getComputedStyle(list).getPropertyValue("--doctors"), 10) || 3);
}

/**
 * The part of a list that is shown in this turn; all of it when it fits.
 *
 * @template Item
 * @param {readonly Item[]} items
 * @param {number} size
 * @param {number} turn
 * @returns {readonly Item[]}
 */
export function pageOf(items, size, turn) {
  const pages = Math.max(1, Math.ceil(items.length / size));
  return items.slice((turn % pages) * size, ((turn % pages) + 1) * size);
}
