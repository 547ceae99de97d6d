/** The call that matters now, huge, and the recent ones under it. */
import { el, find, icon, reconcile, setAttribute } from "../shared/dom.js";
import { mark } from "./announcer.js";
import { inEach, word } from "./words.js";

/**
 * @typedef {import("./announcer.js").Call} Call
 * @typedef {import("./announcer.js").Shown} Shown
 * @typedef {import("./departments.js").Department} Department
 * @typedef {{languages: string[], departments: Map<string, Department>}} Scene
 */

/** Names that are longer than this stand under one another. */
const ONE_LINE = 22;

/**
 * @param {Shown} shown
 * @param {Call | null} announcing
 * @param {Scene} scene
 */
export function drawCalls({ hero, recent }, announcing, scene) {
  // A key of both: the element of a call that is announced again is made anew, so that its highlight starts again.
  const key = (/** @type {Call} */ call) => `${mark(call)} ${scene.languages}`;
  reconcile(find("#hero"), hero ? [hero] : [], key, (call) => heroCall(call, scene), (element, call) => {
    setAttribute(element, "data-new", announcing !== null && mark(announcing) === mark(call));
    setAttribute(element, "data-colour", colourOf(call, scene));
  });
  const list = find("#recent");
  setAttribute(list, "data-crowd", recent.length > 4);
  reconcile(list, recent, ({ call }) => key(call), ({ call }) => recentCall(call, scene), (element, { call, isPending }) => {
    setAttribute(element, "data-pending", isPending);
    setAttribute(element, "data-colour", colourOf(call, scene));
  });
}

/**
 * @param {Call} call
 * @param {Scene} scene
 */
function heroCall(call, { languages, departments }) {
  const department = departments.get(call.department);
  const caption = department ? el("span", { class: "names" }, ...inEach(languages, (code) => department.names[code] ?? "")) : null;
  const words = el("span", { class: "words" }, ...inEach(languages, (code) => word(code, "room")));
  const element = el(
    "article",
    { class: "hero-call", "data-call": call.call_id },
    el("p", { class: "caption" }, department && plate(department), caption),
    el("p", { class: "caption" }, icon("room"), words),
    el("p", { class: "giant" }, el("span", { class: "number" }, call.number)),
    icon("arrow"),
    el("p", { class: "giant giant-room" }, el("span", { class: "number" }, call.room)),
  );
  element.querySelector(":scope > .icon")?.classList.add("icon-turns", "leads-to");
  const longest = Math.max(...languages.map((code) => department?.names[code]?.length ?? 0));
  element.style.setProperty("--name-length", String(Math.max(1, longest)));
  setAttribute(element, "data-long", longest > ONE_LINE);
  element.style.setProperty("--number-length", String(call.number.length));
  element.style.setProperty("--room-length", String(call.room.length));
  return element;
}

/**
 * @param {Call} call
 * @param {Scene} scene
 */
function recentCall(call, { languages }) {
  const arrow = icon("arrow");
  arrow.classList.add("icon-turns");
  const element = el(
    "li",
    { class: "recent-call", "data-call": call.call_id },
    el("span", { class: "number" }, call.number),
    arrow,
    el("span", { class: "words" }, ...inEach(languages, (code) => word(code, "room"))),
    el("span", { class: "number" }, call.room),
  );
  element.style.setProperty("--length", String(call.number.length + call.room.length));
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
