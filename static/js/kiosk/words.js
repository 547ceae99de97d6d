/** The language of the screen. All languages lie in the page, so that a change asks nobody. */
import { find, setAttribute, setIcon, setText } from "../shared/dom.js";
import { pageData, text } from "../shared/texts.js";
import { askWith } from "./screens.js";

/** @typedef {{code: string, name: string, direction: string}} Language */

/** @returns {Language[]} the clinic's languages; the first is shown where nobody has chosen */
export function languages() {
  return pageData().languages;
}

/**
 * From now on the screen speaks this language.
 *
 * @param {string} code
 */
export function speak(code) {
  const chosen = languages().find((language) => language.code === code) ?? languages()[0];
  if (!chosen) return;
  document.documentElement.lang = chosen.code;
  document.documentElement.dir = chosen.direction;
  pageData().texts = pageData().words[chosen.code];
  for (const place of document.querySelectorAll("[data-text]")) setText(place, text(/** @type {HTMLElement} */ (place).dataset.text ?? ""));
  for (const place of document.querySelectorAll("[data-label]")) setAttribute(place, "aria-label", text(place.getAttribute("data-label") ?? ""));
}

/**
 * A text about a number of people; nobody at all has a sentence of its own.
 *
 * @param {string} key     of a text with plural forms; `<key>_none` says it for nobody
 * @param {number} people
 * @returns {string}
 */
export function aboutPeople(key, people) {
  return people === 0 ? text(`${key}_none`) : text(key, { count: people, people });
}

/**
 * Show a sentence that matters until somebody has read it.
 *
 * @param {string} sentence
 * @param {"later" | "counter"} sign  what is to be done: come back later, or go to the counter
 */
export function notice(sentence, sign) {
  setText(find("#notice-words"), sentence);
  const picture = find("#notice-icon").querySelector("svg");
  if (picture) setIcon(picture, sign);
  const dialog = /** @type {HTMLDialogElement} */ (find("#notice"));
  askWith(dialog);
}
