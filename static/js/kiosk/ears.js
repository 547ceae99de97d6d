/** The ears beside the choices: what is written is said aloud. */
import { find, setAttribute } from "../shared/dom.js";
import { language } from "../shared/texts.js";
import { canSay, onVoices } from "../shared/voice.js";
import { say } from "./saying.js";

/**
 * What is said of a choice, or of a screen with all of its answers.
 *
 * @param {Element} place  a button, or what holds places marked with `data-speak` and buttons
 * @returns {string[]}     one sentence each
 */
export function wordsOf(place) {
  if (place.matches("button")) return sentences([place]);
  return sentences([...place.querySelectorAll("[data-speak], .dialog-actions button")]);
}

/**
 * @param {Element[]} places
 * @returns {string[]}
 */
function sentences(places) {
  return places.filter((place) => place.checkVisibility()).map(words).filter(Boolean);
}

/**
 * @param {Element} place
 * @returns {string}  what it shows, or what a script has left to be said instead
 */
function words(place) {
  if (place instanceof HTMLElement && place.dataset.says) return place.dataset.says;
  const parts = [...place.querySelectorAll("strong, .assist-who, .assist-on")].filter((part) => part.checkVisibility());
  const said = parts.length > 0 ? parts.map((part) => part.textContent).join(". ") : place.textContent;
  return (said ?? "").replace(/\s+/g, " ").trim();
}

/** Ears are there where the language has a voice. */
export function showEars() {
  for (const ear of document.querySelectorAll("[data-hear]")) {
    setAttribute(ear, "hidden", !canSay(ear.getAttribute("data-hear") ?? ""));
  }
  for (const ear of document.querySelectorAll("[data-hear-of]")) setAttribute(ear, "hidden", !canSay(language()));
}

/** Every ear of the page speaks when it is pressed. */
export function openEars() {
  for (const ear of document.querySelectorAll("[data-hear]")) {
    const own = ear.parentElement?.querySelector(".tongue-button");
    const said = [...(own?.querySelectorAll(".tongue-name, .tongue-start") ?? [])].map((part) => part.textContent ?? "");
    ear.addEventListener("click", () => void say(said, ear.getAttribute("data-hear") ?? ""));
  }
  for (const ear of document.querySelectorAll("[data-hear-of]")) {
    ear.addEventListener("click", () => void say(wordsOf(find(ear.getAttribute("data-hear-of") ?? "")), language()));
  }
  onVoices(showEars);
  showEars();
}
