/**
 * The person for whom a doctor writes: the patient whom the clinic knows, or a walk-in as the doctor types it.
 */
import { find } from "../shared/dom.js";

/** @typedef {import("./papers.js").Opened} Opened */

const FIELDS = /** @type {const} */ (["name", "age", "sex"]);
const NOBODY = { name: "", age: "", sex: "unsaid" };

export class Person {
  /** what was typed of a walk-in, so that nobody types it twice @type {{token: number, person: any} | null} */
  #walkIn = null;

  /** @param {() => void} onChange */
  constructor(onChange) {
    for (const name of FIELDS) field(name).addEventListener("input", onChange);
  }

  /**
   * @param {Opened} opened
   * @param {any} content  the draft's, if there is one
   */
  show(opened, content) {
    const typed = this.#walkIn?.token === opened.token ? this.#walkIn.person : null;
    const person = opened.patient ?? content?.person ?? typed ?? NOBODY;
    for (const name of FIELDS) {
      field(name).value = String(person[name] ?? "");
      field(name).disabled = opened.patient !== null;
    }
  }

  /** As the draft keeps it: of a patient whom the clinic knows nothing is typed. @param {Opened} opened */
  content(opened) {
    const person = opened.patient ? NOBODY : Object.fromEntries(FIELDS.map((name) => [name, field(name).value]));
    this.#walkIn = { token: opened.token, person };
    return person;
  }

  /** @returns {string} */
  get name() {
    return field("name").value.trim();
  }

  /** The doctor was asked for the name. @param {string} name */
  call(name) {
    field("name").value = name;
  }

  /** @param {string} name  of a field */
  focus(name) {
    field(name).focus();
  }
}

/** @param {string} name @returns {HTMLInputElement} */
function field(name) {
  return /** @type {HTMLInputElement} */ (find(`#field-person-${name}`));
}
