/** Says on the screens of staff what keeps the database from taking changes, as long as the server repeats it. */
import { find } from "./dom.js";

/** The server repeats it every two seconds. */
const FORGOTTEN_MS = 6000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

document.addEventListener("server-fault", (event) => {
  const strip = find("#fault");
  const code = /** @type {CustomEvent<string>} */ (event).detail;
  for (const words of strip.querySelectorAll("[data-fault]")) words.toggleAttribute("hidden", words.getAttribute("data-fault") !== code);
  strip.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    strip.hidden = true;
  }, FORGOTTEN_MS);
});
