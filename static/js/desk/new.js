/** A token by hand in three strokes: N, the department's digit, Enter. */
import { el, find } from "../shared/dom.js";
import { newKey, PostError } from "../shared/post.js";
import { keyOf } from "./keys.js";
import { sendForm, sentenceOf } from "./sending.js";

const dialog = () => /** @type {HTMLDialogElement} */ (find("#new-dialog"));
const form = () => /** @type {HTMLFormElement} */ (find("#new-dialog form"));

/** one key for one token, however often the form is sent */
let key = "";

export function openNew() {
  form().reset();
  find("#new-error").replaceChildren();
  find("#new-people").replaceChildren();
  key = newKey();
  dialog().showModal();
  /** @type {HTMLElement | null} */ (form().querySelector("[name=department]:checked"))?.focus();
}

/** @param {(issued: {id: number, number: string}) => void} onIssued */
export function prepareNew(onIssued) {
  find("#new-button").addEventListener("click", (event) => {
    event.preventDefault();
    openNew();
  });
  find("#new-dialog [data-close]").addEventListener("click", () => dialog().close());
  dialog().addEventListener("keydown", onKey);
  form().addEventListener("submit", (event) => {
    event.preventDefault();
    void send(onIssued);
  });
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target instanceof Element && event.target.matches("input:not([type=radio])")) return;
  const pressed = keyOf(event);
  const department = form().querySelectorAll("[name=department]")[Number(pressed) - 1];
  const priority = /^[a-z]$/.test(pressed) ? form().querySelector(`[data-letter="${pressed}"]`) : null;
  const target = department ?? priority;
  if (target instanceof HTMLInputElement) {
    event.preventDefault();
    target.checked = true;
    (target.hasAttribute("data-needs-reason") ? find("#field-reason", form()) : target).focus();
  } else if (pressed === "Enter" && event.target instanceof HTMLInputElement) {
    event.preventDefault();
    form().requestSubmit();
  }
}

/** @param {(issued: {id: number, number: string}) => void} onIssued */
async function send(onIssued) {
  if (form().getAttribute("aria-busy")) return;
  form().setAttribute("aria-busy", "true");
  try {
    const issued = await sendForm(form(), key);
    dialog().close();
    onIssued(issued);
  } catch (error) {
    find("#new-error").replaceChildren(el("p", { class: "field-error" }, sentenceOf(error)));
    if (error instanceof PostError && error.code === "which_patient") showPeople(error.details.patients);
    if (error instanceof PostError && error.code !== "unreachable") key = newKey();
  } finally {
    form().removeAttribute("aria-busy");
  }
}

/** @param {{id: number, name: string}[]} people */
function showPeople(people) {
  const choices = people.map(({ id, name }) =>
    el("label", { class: "choice" }, el("input", { type: "radio", name: "patient", value: String(id) }), el("span", {}, name)),
  );
  find("#new-people").replaceChildren(...choices);
  choices[0]?.querySelector("input")?.focus();
}
