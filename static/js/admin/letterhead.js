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
let latest = 0;

/** The pictures show what stands in the form. */
function show() {
  const typed = new URLSearchParams();
  for (const [name, value] of new FormData(heading)) {
    if (name !== "seen" && typeof value === "string") typed.set(name, value);
  }
  latest += 1;
  void draw(paper, "paper.png", typed, latest);
  void draw(slip, "slip.png", typed, latest);
}

/**
 * @param {HTMLImageElement} picture
 * @param {string} name
 * @param {URLSearchParams} typed
 * @param {number} turn  an answer to what was typed earlier is left out
 */
async function draw(picture, name, typed, turn) {
  const address = `/admin/letterhead/${name}?in=${encodeURIComponent(chosen.value)}`;
  const answer = await fetch(address, { method: "POST", body: typed }).catch(() => null);
  if (!answer?.ok) return;
  const reader = new FileReader();
  reader.onload = () => {
    if (turn === latest) picture.src = String(reader.result);
  };
  reader.readAsDataURL(await answer.blob());
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
