/** The call that matters now, huge, and the recent ones under it. */
import { el, find, icon, reconcile, setAttribute } from "../shared/dom.js";
import { textIn } from "../shared/texts.js";
import { mark } from "./announcer.js";
import { inEach, nameOf, word } from "./words.js";

/**
 * @typedef {import("./announcer.js").Call} Call
 * @typedef {Record<string, Record<string, string>>} RoomNames  code → language → name, of those that have some
 * @typedef {import("./announcer.js").Shown} Shown
 * @typedef {import("./departments.js").Department} Department
 * @typedef {{languages: string[], departments: Map<string, Department>, rooms: RoomNames, turn: number}} Scene  `turn`
 *   chooses the language where there is room for one
 */

/** Names that are longer than this stand under one another. */
const ONE_LINE = 22;
/** The call that matters now shows a room's name in so many languages at once; in more, one after the other. */
const MOST_NAMES = 3;
/** Letters that are wider than the Latin ones. */
const WIDE = /[\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}]/u;
/** Beside a room's name a number is as large as beside a code of so many signs. */
const NAMED_LENGTH = 4;

/**
 * @param {Shown} shown
 * @param {Call | null} announcing
 * @param {Scene} scene
 */
export function drawCalls({ hero, recent }, announcing, scene) {
  // A key of both: the element of a call that is announced again is made anew, so that its highlight starts again.
  const key = (/** @type {Call} */ call) => `${mark(call)} ${scene.languages} ${JSON.stringify(scene.rooms[call.room] ?? "")}`;
  reconcile(find("#hero"), hero ? [hero] : [], key, (call) => heroCall(call, scene), (element, call) => {
    setAttribute(element, "data-new", announcing !== null && mark(announcing) === mark(call));
    setAttribute(element, "data-colour", colourOf(call, scene));
    showPlace(element, call, scene, PLACE, MOST_NAMES);
  });
  const list = find("#recent");
  setAttribute(list, "data-crowd", recent.length > 4);
  reconcile(list, recent, ({ call }) => key(call), ({ call }) => recentCall(call, scene), (element, { call, isPending }) => {
    setAttribute(element, "data-pending", isPending);
    setAttribute(element, "data-colour", colourOf(call, scene));
    showPlace(element, call, scene, SMALL_PLACE, 1);
  });
}

/**
 * @param {Call} call
 * @param {Scene} scene
 */
function heroCall(call, { languages, departments, rooms }) {
  const department = departments.get(call.department);
  const caption = department ? el("span", { class: "names" }, ...inEach(languages, (code) => nameOf(department, code))) : null;
  const name = rooms[call.room];
  const words = name ? null : el("span", { class: "words" }, ...inEach(languages, (code) => word(code, "room")));
  const element = el(
    "article",
    { class: "hero-call", "data-call": call.call_id },
    el("p", { class: "caption" }, department && plate(department), caption),
    el("p", { class: "caption" }, icon("room"), words),
    el("p", { class: "giant" }, el("span", { class: "number" }, call.number)),
    icon("arrow"),
    el("p", { class: "giant giant-room" }, name ? el("span", { class: "place" }) : el("span", { class: "number" }, call.room)),
  );
  setAttribute(element, "data-named", Boolean(name));
  element.querySelector(":scope > .icon")?.classList.add("icon-turns", "leads-to");
  const longest = Math.max(...languages.map((code) => (department ? lengthOf(nameOf(department, code)) : 0)));
  element.style.setProperty("--name-length", String(Math.max(1, longest)));
  setAttribute(element, "data-long", longest > ONE_LINE);
  element.style.setProperty("--number-length", String(call.number.length));
  element.style.setProperty("--room-length", String(call.room.length));
  return element;
}

/**
 * @param {string} name
 * @returns {number}  in letters as wide as Latin ones
 */
function lengthOf(name) {
  return name.length * (WIDE.test(name) ? 1.25 : 1);
}

/** The places for a room's name, in units of the style sheet. */
const PLACE = { inline: 45, block: 28, largest: 11 };
const SMALL_PLACE = { inline: 18, block: 10, largest: 9 };

/**
 * Show the room's name, where it has one: in all languages of the display, or in that whose turn it is.
 *
 * @param {Element} element
 * @param {Call} call
 * @param {Scene} scene
 * @param {{inline: number, block: number, largest: number}} place
 * @param {number} most  so many languages at once
 */
function showPlace(element, call, { languages, rooms, turn }, place, most) {
  const shown = element.querySelector(".place");
  if (!(element instanceof HTMLElement) || !shown) return;
  const every = inEach(languages, (code) => textIn(rooms[call.room], code));
  const names = every.length > most ? every.slice(turn % every.length).slice(0, 1) : every;
  if (names.length !== shown.children.length || names.some((name, at) => !name.isEqualNode(shown.children[at] ?? null))) shown.replaceChildren(...names);
  const each = { ...place, block: place.block / names.length };
  element.style.setProperty("--place-size", String(Math.min(...names.map((name) => placeSize(name.textContent, each)))));
}

/**
 * As large as the name can be in its place, in as many lines as it takes.
 *
 * @param {string} name
 * @param {{inline: number, block: number, largest: number}} place
 * @returns {number}
 */
function placeSize(name, { inline, block, largest }) {
  const longest = Math.max(...name.split(" ").map(lengthOf));
  return Math.min(largest, block / 1.1, Math.sqrt((inline * block) / (lengthOf(name) * 0.95)), inline / (longest * 0.62));
}

/**
 * @param {Call} call
 * @param {Scene} scene
 */
function recentCall(call, { languages, rooms }) {
  const name = rooms[call.room];
  const arrow = icon("arrow");
  arrow.classList.add("icon-turns");
  const element = el(
    "li",
    { class: "recent-call", "data-call": call.call_id },
    el("span", { class: "number" }, call.number),
    arrow,
    name ? null : el("span", { class: "words" }, ...inEach(languages, (code) => word(code, "room"))),
    name ? el("span", { class: "place" }) : el("span", { class: "number" }, call.room),
  );
  element.style.setProperty("--length", String(call.number.length + (name ? NAMED_LENGTH : call.room.length)));
  return element;
}

/**
 * @param {Department} department
 * @returns {HTMLSpanElement}
 */
export function plate(department) {
  const letter = department.prefix ?? department.code.slice(0, 1);
  return el("span", { class: "plate", "data-colour": department.colour, "aria-hidden": "true" }, icon(department.icon), el("span", {}, letter));
}

/**
 * @param {Call} call
 * @param {Scene} scene
 */
function colourOf(call, { departments }) {
  return departments.get(call.department)?.colour ?? "slate";
}
