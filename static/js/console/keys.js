/**
 * Single keys that press the console's buttons.
 *
 * A letter counts by what is printed on the key, or, on a keyboard of another script, by where the key is. Nothing
 * happens while somebody types, while a dialog is open, with Ctrl, Alt or Meta, or while a key is held down.
 */
import { find } from "../shared/dom.js";
import { keyOf } from "../shared/letters.js";
import { isDialogOpen } from "./dialogs.js";

const REMEMBERED = "console-letters";

/** @returns {boolean} whether letters press buttons; the doctor may switch that off */
function hasLetters() {
  return localStorage.getItem(REMEMBERED) !== "off";
}

/**
 * @param {(key: string) => boolean} onKey  told of every key that counts; says whether it took it
 */
export function listenForKeys(onKey) {
  const box = /** @type {HTMLInputElement} */ (find("#letters"));
  box.checked = hasLetters();
  box.addEventListener("change", () => localStorage.setItem(REMEMBERED, box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || isDialogOpen()) return;
    if (event.repeat && (event.key === "Enter" || event.key === " ") && isButton(event.target)) event.preventDefault();
    const key = keyOf(event);
    if (isTyping(event.target) || (event.repeat && !key.startsWith("Arrow"))) return;
    if (/^[a-z]$/.test(key) && !hasLetters()) return;
    if (onKey(key)) event.preventDefault();
  });
}

/** @param {EventTarget | null} target */
function isButton(target) {
  return target instanceof Element && target.closest("button") !== null;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, select, textarea"));
}
