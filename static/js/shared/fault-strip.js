/** The strip of staff's screens and of the display that says what keeps the database from taking changes. */
import { find } from "./dom.js";
import { onFault } from "./fault.js";

onFault((code) => {
  const strip = find("#fault");
  for (const words of strip.querySelectorAll("[data-fault]")) words.toggleAttribute("hidden", words.getAttribute("data-fault") !== code);
  strip.hidden = code === null;
});
