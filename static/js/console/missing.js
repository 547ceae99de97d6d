/**
 * What a paper should not lack: the patient's name and the doctor's registration number. The dialog before signing asks
 * for both; without them it signs only when it is told so once more.
 */
import { find, setText } from "../shared/dom.js";
import { text } from "../shared/texts.js";
import { ask } from "./dialogs.js";

/**
 * @typedef {"name" | "registration"} Missing
 * @typedef {{name: string, registration: string, without: Missing[]}} Answer
 *   what was typed, and what the doctor signs without
 */

/** @type {readonly Missing[]} */
const ALL = ["name", "registration"];

/**
 * Ask whether it is to be signed, and for what is missing.
 *
 * @param {Missing[]} missing
 * @returns {Promise<Answer | null>}  null for "not yet"
 */
export async function askToSign(missing) {
  const dialog = find("#sign-dialog");
  const form = find("form", dialog);
  const lacking = () => missing.filter((what) => !typed(what));
  let isAsked = missing.length === 0;

  const say = () => {
    const left = lacking();
    setText(find("#sign-yes span"), text(left.length && isAsked ? "sign_without" : "sign_yes"));
  };
  /** @param {Event} event */
  const onSubmit = (event) => {
    if (/** @type {SubmitEvent} */ (event).submitter?.id !== "sign-yes" || isAsked || lacking().length === 0) return;
    event.preventDefault();
    isAsked = true;
    setText(find("#sign-missing-words"), text("missing_again"));
    say();
    find("#sign-yes").focus();
  };
  /** A key that is held down is one press. @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key === "Enter" && event.repeat) event.preventDefault();
  };
  show(missing);
  say();
  form.addEventListener("submit", onSubmit);
  form.addEventListener("input", say);
  form.addEventListener("keydown", onKey);
  try {
    if (!(await ask("sign-dialog"))) return null;
    return { name: typed("name"), registration: typed("registration"), without: lacking() };
  } finally {
    form.removeEventListener("submit", onSubmit);
    form.removeEventListener("input", say);
    form.removeEventListener("keydown", onKey);
  }
}

/** @param {Missing[]} missing */
function show(missing) {
  find("#sign-missing").hidden = missing.length === 0;
  if (missing.length) setText(find("#sign-missing-words"), text(missing.length > 1 ? "missing_both" : `missing_${missing[0]}`));
  for (const what of ALL) {
    find(`[data-missing=${what}]`).hidden = !missing.includes(what);
    field(what).value = "";
  }
  // Where something is missing its field has the focus, so that what is typed next is an answer.
  for (const what of ALL) field(what).toggleAttribute("autofocus", what === missing[0]);
  find("#sign-yes").toggleAttribute("autofocus", missing.length === 0);
}

/** @param {Missing} what @returns {string} */
function typed(what) {
  return field(what).value.trim();
}

/** @param {Missing} what @returns {HTMLInputElement} */
function field(what) {
  return /** @type {HTMLInputElement} */ (find(`#field-sign-${what}`));
}
