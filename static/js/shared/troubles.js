/** The banner that tells staff what is wrong; needs the texts of trouble_sentences. */
import { el, find, reconcile } from "./dom.js";
import { text } from "./texts.js";

/** @typedef {import("./views.js").TroubleView} Trouble */

/** @param {readonly Trouble[]} troubles */
export function showTroubles(troubles) {
  // A doubted clock has a line of its own on every page of staff.
  const told = troubles.filter((trouble) => trouble.kind !== "clock");
  find("#troubles").hidden = told.length === 0;
  reconcile(find("#troubles ul"), told, (trouble) => `${trouble.kind} ${trouble.name}`, ({ kind, name }) =>
    el("li", { "data-trouble": kind }, text(`trouble_${kind}`, { name })));
}
