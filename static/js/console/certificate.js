/** The fields of a certificate, and what it will say. */
import { find, setText } from "../shared/dom.js";

/** @typedef {{kind: string, language: string, from_date: string, to_date: string, diagnosis: string, remarks: string, to_whom: string}} Content */

const FIELDS = /** @type {const} */ (["language", "from_date", "to_date", "diagnosis", "remarks", "to_whom"]);

/** Which fields a kind has besides the remarks. @type {Record<string, readonly string[]>} */
const OF_KIND = {
  sick_leave: ["from_date", "to_date", "diagnosis"],
  fitness: ["from_date"],
  attendance: [],
  referral: ["to_whom", "diagnosis"],
};

export class Certificate {
  /** @param {{onChange: () => void}} options */
  constructor({ onChange }) {
    this.form = /** @type {HTMLElement} */ (find("#certificate"));
    this.form.addEventListener("input", () => {
      this.#showFields();
      onChange();
    });
  }

  /**
   * @param {Content | null} content
   * @param {string} language  the patient's
   * @param {string} today     "2026-11-23"
   */
  show(content, language, today) {
    const kind = content?.kind ?? "sick_leave";
    const radio = this.form.querySelector(`[name=certificate-kind][value="${kind}"]`);
    if (radio instanceof HTMLInputElement) radio.checked = true;
    const start = { language, from_date: today, to_date: today, diagnosis: "", remarks: "", to_whom: "" };
    for (const name of FIELDS) this.#field(name).value = content ? content[name] : start[name];
    this.preview(null);
    this.#showFields();
  }

  /** @returns {Content} */
  content() {
    const values = Object.fromEntries(FIELDS.map((name) => [name, this.#field(name).value]));
    return /** @type {Content} */ ({ kind: this.#kind(), ...values });
  }

  focus() {
    /** @type {HTMLElement | null} */ (this.form.querySelector("[name=certificate-kind]:checked"))?.focus();
  }

  /** Show what would be signed now. @param {{title: string, text: string, number: string} | null} shown */
  preview(shown) {
    find("#certificate-preview").hidden = shown === null;
    if (!shown) return;
    setText(find("#certificate-number"), shown.number);
    setText(find("#certificate-title"), shown.title);
    setText(find("#certificate-text"), shown.text);
  }

  /** Lead to the field that cannot be signed. @param {string} name */
  fault(name) {
    const field = this.form.querySelector(`#field-certificate-${name}`);
    if (field instanceof HTMLElement) field.focus();
  }

  #kind() {
    const chosen = /** @type {HTMLInputElement | null} */ (this.form.querySelector("[name=certificate-kind]:checked"));
    return chosen?.value ?? "sick_leave";
  }

  #showFields() {
    const wanted = OF_KIND[this.#kind()] ?? [];
    for (const part of this.form.querySelectorAll("[data-of]")) {
      /** @type {HTMLElement} */ (part).hidden = !wanted.includes(/** @type {HTMLElement} */ (part).dataset.of ?? "");
    }
  }

  /** @param {string} name @returns {HTMLInputElement} */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.form.querySelector(`#field-certificate-${name}`));
  }
}
