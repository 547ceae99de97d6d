/** Shows the letterhead while it is typed, and says at once when a picture is too large. */

import { pageData, text } from "../shared/texts.js";

/** Pause after the last key before the pictures are made anew. */
const PAUSE_MS = 400;

const heading = /** @type {HTMLFormElement} */ (document.getElementById("heading"));
const chosen = /** @type {HTMLSelectElement} */ (document.getElementById("field-in"));
const paper = /** @type {HTMLImageElement} */ (document.getElementById("paper-picture"));
const slip = /** @type {HTMLImageElement} */ (document.getElementById("slip-picture"));
const logo = /** @type {HTMLInputElement} */ (document.getElementById("field-logo"));
let timer = 0;

/** The pictures show what stands in the form. */
function show() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(heading)) {
    if (name !== "seen" && typeof value === "string") query.set(name, value);
  }
  query.set("in", chosen.value);
  paper.src = `/admin/letterhead/paper.png?${query}`;
  slip.src = `/admin/letterhead/slip.png?${query}`;
}

function showSoon() {
  clearTimeout(timer);
  timer = window.setTimeout(show, PAUSE_MS);
}

heading.addEventListener("input", showSoon);
chosen.addEventListener("change", show);
logo.addEventListener("change", () => {
  const isTooLarge = (logo.files?.[0]?.size ?? 0) > pageData().largest_logo;
  logo.setCustomValidity(isTooLarge ? text("too_large") : "");
  logo.reportValidity();
});
