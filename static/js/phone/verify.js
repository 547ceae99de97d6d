/** Compares a file with the clinic's own, on the reader's device: nothing is sent. */

import { sha256 } from "../shared/sha256.js";
import { text } from "../shared/texts.js";

const place = /** @type {HTMLElement} */ (document.getElementById("drop"));
const input = /** @type {HTMLInputElement} */ (document.getElementById("file-input"));
const result = /** @type {HTMLElement} */ (document.getElementById("result"));
const expected = document.getElementById("file-hash")?.dataset.hash ?? "";

/** @param {File | undefined} file */
async function compare(file) {
  if (!file) return;
  try {
    const isSame = sha256(new Uint8Array(await file.arrayBuffer())) === expected;
    show(isSame ? "same" : "other", isSame ? "ok" : "danger", file.name);
  } catch {
    show("unreadable", "danger", file.name);
  }
}

/** @param {string} key @param {string} kind @param {string} name */
function show(key, kind, name) {
  const message = document.createElement("p");
  message.className = "message";
  message.dataset.kind = kind;
  message.textContent = text(key, { name });
  result.replaceChildren(message);
}

input.addEventListener("change", () => compare(input.files?.[0]));
place.addEventListener("dragover", (event) => {
  event.preventDefault();
  place.dataset.over = "";
});
place.addEventListener("dragleave", () => delete place.dataset.over);
place.addEventListener("drop", (event) => {
  event.preventDefault();
  delete place.dataset.over;
  compare(event.dataTransfer?.files[0]);
});
/** @type {HTMLElement} */ (document.getElementById("compare")).hidden = false;
