/** One screen at a time. */
import { find } from "../shared/dom.js";

/** A new screen takes no touch for so long: the second half of a double tap was meant for the screen before. */
export const SETTLE_MS = 450;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let settling;

/** @returns {string} name of the screen that is shown */
export function shown() {
  return find("[data-screen]:not([hidden])").dataset.screen ?? "";
}

/**
 * Show this screen and no other; its heading is read out as soon as it can be used.
 *
 * @param {string} name
 */
export function show(name) {
  for (const screen of document.querySelectorAll("[data-screen]")) {
    if (screen instanceof HTMLElement) screen.hidden = screen.dataset.screen !== name;
  }
  const screen = find(`[data-screen="${name}"]`);
  clearTimeout(settling);
  screen.inert = true;
  settling = setTimeout(() => {
    screen.inert = false;
    find("[data-focus]", screen).focus({ preventScroll: true });
  }, SETTLE_MS);
}

/**
 * Ask a question that matters before anything else. Whoever listens answers it with three keys, which lie above it.
 *
 * @param {HTMLDialogElement} dialog
 */
export function askWith(dialog) {
  if (dialog.open) return;
  if (document.documentElement.hasAttribute("data-listening")) dialog.show();
  else dialog.showModal();
}
