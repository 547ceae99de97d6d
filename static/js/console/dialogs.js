/** The console's dialogs: each asks, and says what was chosen. */
import { el, find, setText } from "../shared/dom.js";
import { keyOf } from "../shared/letters.js";
import { text } from "../shared/texts.js";
import { nameOf } from "./words.js";

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").RoomView} RoomView
 */

/** @returns {boolean} whether a dialog is open */
export function isDialogOpen() {
  return document.querySelector("dialog[open]") !== null;
}

/** Gives the question before its answer; it was closed a moment before its dialog tells so. */
let settle = () => {};

/**
 * Open a dialog at once, so that the next key is the dialog's, and wait for its answer.
 *
 * @param {string} id
 * @returns {Promise<string>}  the value of the button that closed it, or ""
 */
function answerOf(id) {
  settle();
  const dialog = /** @type {HTMLDialogElement} */ (find(`#${id}`));
  dialog.returnValue = "";
  dialog.showModal();
  const listening = new AbortController();
  return new Promise((resolve) => {
    settle = () => {
      if (dialog.open) dialog.close("");
      listening.abort();
      resolve(dialog.returnValue);
    };
    // Opened again by a quick key, the dialog hears here that it was closed before: that is no answer.
    const isClosed = () => void (dialog.open || settle());
    dialog.addEventListener("close", isClosed, { signal: listening.signal });
  });
}

/**
 * Open a dialog and wait for its answer.
 *
 * @param {string} id
 * @returns {Promise<boolean>}  whether it was confirmed
 */
export async function ask(id) {
  return (await answerOf(id)) === "yes";
}

/** Let the buttons that only close do so. */
export function prepareDialogs() {
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog")?.close(""));
  }
  const seen = find("#seen-dialog");
  seen.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    const button = seen.querySelector(`[aria-keyshortcuts="${CSS.escape(keyOf(event).toUpperCase())}"]`);
    if (!(button instanceof HTMLElement)) return;
    // The dialog is closed when the key reaches the page, where the same letter means something too.
    event.preventDefault();
    button.click();
  });
}

/**
 * Where to, and whether the patient comes back here.
 *
 * @param {Entry} entry
 * @param {RoomView} view
 * @returns {Promise<{department: string, returning: boolean} | null>}
 */
export async function askTransfer(entry, view) {
  setText(find("#transfer-dialog-title"), text("transfer_title", { number: entry.number }));
  const others = view.departments.filter((department) => department.code !== view.department.code);
  const choices = others.map((department, index) =>
    el(
      "label",
      { class: "choice" },
      el("input", { type: "radio", name: "department", value: department.code, required: true, checked: index === 0 }),
      el("span", {}, nameOf(department)),
    ),
  );
  find("#transfer-departments").replaceChildren(...choices);
  const returning = /** @type {HTMLInputElement} */ (find("#transfer-returning"));
  returning.checked = false;
  if (!(await ask("transfer-dialog"))) return null;
  const chosen = /** @type {HTMLInputElement | null} */ (document.querySelector("#transfer-departments :checked"));
  return chosen ? { department: chosen.value, returning: returning.checked } : null;
}

/**
 * @param {Entry} entry
 * @returns {Promise<boolean>}
 */
export function askCancel(entry) {
  setText(find("#cancel-dialog-title"), text("cancel_title", { number: entry.number }));
  return ask("cancel-dialog");
}

/**
 * Whether a patient who was called came; one key answers, the same as on the buttons behind.
 *
 * @param {Entry} entry
 * @returns {Promise<boolean | null>}  null when the question was closed
 */
export async function askSeen(entry) {
  setText(find("#seen-dialog-title"), text("seen_title", { number: entry.number }));
  const answer = await answerOf("seen-dialog");
  return answer === "" ? null : answer === "yes";
}

/**
 * @param {Entry | null} present
 * @returns {Promise<boolean>}
 */
export function askOff(present) {
  setText(find("#off-text"), present ? text("off_patient", { number: present.number }) : text("off_free"));
  return ask("off-dialog");
}
