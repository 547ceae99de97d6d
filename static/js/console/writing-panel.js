/**
 * The parts of the writing panel that say how things stand: which kind is open, what became of the draft, who else is in
 * the room.
 */
import { find, setAttribute, setText } from "../shared/dom.js";
import { text } from "../shared/texts.js";

/** @typedef {import("./papers.js").Kind} Kind */

const panel = () => find("#writing");

/** The panel is there, with what this kind of paper needs. @param {Kind} kind */
export function reveal(kind) {
  const isPrescription = kind === "prescription";
  panel().hidden = false;
  document.body.classList.add("is-writing");
  find("#prescription").hidden = !isPrescription;
  find("#certificate").hidden = isPrescription;
  find("#writing-template").hidden = !isPrescription;
  for (const tab of panel().querySelectorAll("[data-write]")) {
    setAttribute(tab, "aria-selected", String(/** @type {HTMLElement} */ (tab).dataset.write === kind));
  }
}

export function hide() {
  panel().hidden = true;
  document.body.classList.remove("is-writing");
}

/** Until the draft has come only the search takes anything. @param {boolean} isLoading */
export function showLoading(isLoading) {
  for (const part of panel().querySelectorAll(".writing-person, .writing-more, #rx-lines, #certificate")) {
    /** @type {HTMLElement} */ (part).inert = isLoading;
  }
}

/**
 * @param {boolean} isNothing  to sign or to discard
 * @param {boolean} hasLines  for a template
 */
export function showButtons(isNothing, hasLines) {
  for (const name of ["sign", "discard"]) setAttribute(find(`#writing-${name}`), "aria-disabled", isNothing ? "true" : null);
  setAttribute(find("#writing-template"), "aria-disabled", hasLines ? null : "true");
}

/**
 * @param {import("./drafts.js").DraftState} state
 * @param {string} message
 * @param {number} edit  of the draft; 0 before anything was kept
 */
export function showState(state, message, edit) {
  const shown = find("#writing-state");
  shown.dataset.state = state;
  setText(shown, edit === 0 && state === "saved" ? "" : text(`draft_${state}`));
  setText(find("#writing-fault"), state === "refused" ? message : "");
}

/** Another window has changed the draft. @param {boolean} isShown */
export function showConflict(isShown) {
  find("#writing-conflict").hidden = !isShown;
}

/**
 * Another patient is in the room while this one's paper is not finished.
 *
 * @param {import("./papers.js").Opened | null} opened
 * @param {{id: number, number: string} | null | undefined} current
 */
export function warnOfAnother(opened, current) {
  const warning = find("#writing-warning");
  const isOther = Boolean(opened && current && current.id !== opened.token);
  warning.hidden = !isOther;
  if (isOther && current && opened) setText(warning.querySelector("p"), text("write_other", { number: opened.number, current: current.number }));
}
