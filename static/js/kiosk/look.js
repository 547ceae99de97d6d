/** What somebody needs of the screen itself: stronger colours and larger letters, until the next person. */
import { setAttribute } from "../shared/dom.js";

let isStrong = false;

/** @returns {boolean} whether letters are larger now, so that fewer choices have room at once */
export function hasLargerLetters() {
  return isStrong;
}

/**
 * Every screen looks so from now on.
 *
 * @param {boolean} wanted
 */
export function strengthen(wanted) {
  isStrong = wanted;
  setAttribute(document.documentElement, "data-look", isStrong ? "strong" : null);
  for (const button of document.querySelectorAll("[data-look-button]")) {
    setAttribute(button, "aria-pressed", String(isStrong));
  }
}

/**
 * The buttons that change the look.
 *
 * @param {() => void} onChange  what is drawn by scripts has to be drawn again
 */
export function offerLook(onChange) {
  for (const button of document.querySelectorAll("[data-look-button]")) {
    button.addEventListener("click", () => {
      strengthen(!isStrong);
      onChange();
    });
  }
}

/**
 * Keep every button in the lower part of the screen, which is within reach from a wheelchair.
 *
 * @param {number} share  of the screen's height, at most 1
 */
export function keepWithin(share) {
  const isWhole = !(share < 1);
  setAttribute(document.documentElement, "data-low", isWhole ? null : "");
  document.documentElement.style.setProperty("--reach", String(isWhole ? 1 : share));
}
