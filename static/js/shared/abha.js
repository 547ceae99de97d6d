/** The code with which whoever has an ABHA app takes a number, on a kiosk or a display: shown once its picture is there. */
import { find } from "./dom.js";

const figure = find("#abha");
const picture = /** @type {HTMLImageElement} */ (find("#abha-code"));

picture.addEventListener("load", () => {
  figure.hidden = !picture.dataset.counter;
});
picture.addEventListener("error", () => {
  figure.hidden = true;
});

/** @param {string} counter empty for none */
export function showAbha(counter) {
  if ((picture.dataset.counter ?? "") === counter) return;
  picture.dataset.counter = counter;
  if (counter) picture.src = `/abdm/codes/${encodeURIComponent(counter)}.svg`;
  else figure.hidden = true;
}
