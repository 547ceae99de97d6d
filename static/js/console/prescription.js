/** The lines of a prescription: fields for each medicine, and what the server makes of them. */
import { el, find, icon, setAttribute, setText } from "../shared/dom.js";
import { text } from "../shared/texts.js";
import { Search } from "./prescription-search.js";

/**
 * @typedef {object} TypedLine
 * @property {string} generic
 * @property {string} form
 * @property {string} strength
 * @property {string} dose
 * @property {string} food
 * @property {string} days
 * @property {string} quantity
 * @property {string} note
 *
 * @typedef {object} Checked  what a line means so far, or which of its fields is missing or wrong
 * @property {string} [field]
 * @property {string} [message]
 * @property {string[]} [parts]
 * @property {string | null} [single]
 * @property {boolean} [as_needed]
 * @property {boolean} [at_once]
 * @property {string | null} [quantity]
 * @property {boolean} [is_listed]
 *
 * @typedef {import("./prescription-search.js").Choice} Choice
 * @typedef {{lines: TypedLine[], diagnosis: string, note: string, language: string}} Content
 */

const FOODS = ["any", "before", "after", "with"];
const FIELDS = /** @type {const} */ (["dose", "food", "days", "quantity", "note"]);
const TIMES = ["morning", "noon", "evening", "night"];

export class Prescription {
  /** @type {TypedLine[]} */
  #lines = [];
  /** @type {Checked[]} */
  #checked = [];
  /** @type {Content | null} */
  #last = null;

  /**
   * @param {object} options
   * @param {() => void} options.onChange
   * @param {(choice: Choice) => void} options.onRemove
   * @param {(line: TypedLine) => void} options.onKeep  this line is to be a favourite
   */
  constructor({ onChange, onRemove, onKeep }) {
    this.onChange = onChange;
    this.onKeep = onKeep;
    this.list = find("#rx-lines");
    this.diagnosis = /** @type {HTMLInputElement} */ (find("#field-diagnosis"));
    this.note = /** @type {HTMLTextAreaElement} */ (find("#field-note"));
    const field = /** @type {HTMLInputElement} */ (find("#rx-search"));
    this.search = new Search(field, find("#rx-found"), { onTake: (choice) => this.#take(choice), onRemove });
    this.language = /** @type {HTMLSelectElement} */ (find("#field-paper-language"));
    for (const input of [this.diagnosis, this.note, this.language]) input.addEventListener("input", onChange);
    this.list.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * @param {Content | null} content
   * @param {Content | null} last  what the patient was given the last time
   * @param {string} lastAt        when, in words
   * @param {string} spoken        the patient's language
   */
  show(content, last, lastAt, spoken) {
    this.#lines = content ? content.lines.map((line) => ({ ...line })) : [];
    this.#checked = [];
    this.#last = last;
    this.diagnosis.value = content?.diagnosis ?? "";
    this.note.value = content?.note ?? "";
    this.language.value = content?.language || spoken;
    this.search.last = last ? lastAt : "";
    this.#draw();
    this.search.release();
  }

  /** @returns {Content} what stands in the fields */
  content() {
    return { lines: this.#lines, diagnosis: this.diagnosis.value, note: this.note.value, language: this.language.value };
  }

  /** @returns {boolean} whether there is nothing that anybody would miss */
  isEmpty() {
    return this.#lines.length === 0 && !this.diagnosis.value.trim() && !this.note.value.trim();
  }

  /** Put the cursor where the next medicine is typed. */
  focus() {
    this.search.field.focus();
  }

  /** Say what the server makes of the lines. @param {Checked[]} checked */
  check(checked) {
    this.#checked = checked;
    for (const [index, row] of [...this.list.children].entries()) this.#mark(row, this.#lines[index], checked[index]);
  }

  /** @returns {boolean} whether a line cannot be signed; then the doctor is led to it */
  leadToFault() {
    const index = this.#checked.findIndex((checked) => checked.field !== undefined);
    const checked = this.#checked[index];
    if (!checked) return false;
    this.fault(`lines.${index}.${checked.field}`, checked.message ?? "");
    return true;
  }

  /** Lead to the field that cannot be signed. @param {string} field  "lines.1.dose" @param {string} message */
  fault(field, message) {
    const [, index, name] = field.split(".");
    const row = this.list.children[Number(index)];
    if (index === undefined || !row) return this.focus();
    const input = row.querySelector(`[data-field="${name}"]`) ?? row.querySelector("input");
    showFault(row, name ?? "", message);
    if (input instanceof HTMLElement) input.focus();
  }

  /** @returns {string[][]} the lines for reading: medicine, dose, and the rest in words */
  words() {
    return this.#lines.map((line, index) => {
      const checked = this.#checked[index];
      const more = [
        line.food === "any" ? "" : text(`rx_food_${line.food}`),
        line.days ? text("rx_days_long", { days: line.days }) : "",
        line.quantity || checked?.quantity ? text("rx_quantity_is", { count: line.quantity || checked?.quantity || "" }) : "",
        line.note,
      ];
      const isListed = checked?.is_listed !== false;
      return [medicine(line), line.dose, more.filter(Boolean).join(" · "), isListed ? "" : text("rx_unlisted")];
    });
  }

  /** @param {Choice} choice */
  #take(choice) {
    if (choice.kind === "last") this.#add(this.#last?.lines ?? []);
    else if (choice.kind === "favourite") this.#add([choice.favourite.line]);
    else if (choice.kind === "template") this.#addTemplate(choice.template);
    else if (choice.kind === "free") this.#begin({ generic: choice.name });
    else this.#begin(choice.medicine);
  }

  /** @param {TypedLine[]} lines */
  #add(lines) {
    const known = new Set(this.#lines.map(medicine));
    for (const line of lines) if (!known.has(medicine(line))) this.#lines.push({ ...line });
    this.#changed();
    this.focus();
  }

  /** @param {import("./prescription-search.js").Template} template */
  #addTemplate(template) {
    this.diagnosis.value ||= template.diagnosis;
    this.note.value ||= template.content.note;
    this.#add(template.content.lines);
  }

  /** A new line whose dose is typed next. @param {{generic?: string, form?: string, strength?: string}} start */
  #begin({ generic = "", form = "", strength = "" }) {
    this.#lines.push({ generic, form, strength, dose: "", food: "after", days: "", quantity: "", note: "" });
    this.#changed();
    const row = this.list.lastElementChild;
    /** @type {HTMLElement | null | undefined} */ (row?.querySelector("[data-field=dose]"))?.focus();
  }

  #changed() {
    this.#draw();
    this.onChange();
  }

  #draw() {
    this.list.replaceChildren(...this.#lines.map((line, index) => this.#row(line, index)));
    find("#rx-head").hidden = this.#lines.length === 0;
    for (const [index, row] of [...this.list.children].entries()) this.#mark(row, this.#lines[index], this.#checked[index]);
  }

  /**
   * @param {TypedLine} line
   * @param {number} index
   */
  #row(line, index) {
    const name = medicine(line);
    const row = el(
      "li",
      { class: "rx-line", role: "group", "aria-label": name },
      el("span", { class: "rx-count", "aria-hidden": "true" }, `${index + 1}.`),
      el("span", { class: "rx-medicine" },
        el("span", { class: "rx-generic" }, line.generic),
        el("span", { class: "rx-kind" }, [line.form, line.strength].filter(Boolean).join(" ")),
        el("span", { class: "badge rx-unlisted", "data-kind": "warn", hidden: true }, text("rx_unlisted"))),
      this.#input(line, "dose", { placeholder: "1-0-1", maxlength: 40, class: "input rx-dose" }),
      this.#food(line),
      this.#input(line, "days", { placeholder: text("rx_days"), inputmode: "numeric", maxlength: 6 }),
      this.#input(line, "quantity", { placeholder: "–", inputmode: "numeric", maxlength: 6 }),
      this.#input(line, "note", { placeholder: text("rx_line_note"), maxlength: 200 }),
      el("button", { class: "button button-quiet rx-tool", type: "button", "aria-label": text("rx_keep", { name }), title: text("rx_keep", { name }), onclick: () => this.onKeep({ ...line }) }, icon("star")),
      el("button", { class: "button button-quiet rx-tool", type: "button", "aria-label": text("rx_remove", { name }), title: text("rx_remove", { name }), onclick: () => this.#remove(index) }, icon("cross")),
      el("p", { class: "rx-words", "data-words": true }),
    );
    return row;
  }

  /**
   * @param {TypedLine} line
   * @param {"dose" | "days" | "quantity" | "note"} name
   * @param {Record<string, any>} attributes
   */
  #input(line, name, attributes) {
    const input = el("input", { class: "input", type: "text", autocomplete: "off", "data-field": name, "aria-label": text(`rx_${name}`), ...attributes });
    input.value = line[name];
    input.addEventListener("input", () => {
      line[name] = input.value;
      this.onChange();
    });
    return input;
  }

  /** @param {TypedLine} line */
  #food(line) {
    const options = FOODS.map((food) => el("option", { value: food }, text(`rx_food_${food}`)));
    const select = el("select", { class: "input", "data-field": "food", "aria-label": text("rx_food") }, ...options);
    select.value = line.food;
    select.addEventListener("change", () => {
      line.food = select.value;
      this.onChange();
    });
    return select;
  }

  /**
   * @param {Element} row
   * @param {TypedLine | undefined} line
   * @param {Checked | undefined} checked
   */
  #mark(row, line, checked) {
    if (!line || !checked) return;
    const hasFault = checked.field !== undefined;
    const isUntouched = hasFault && (checked.field === "dose" || checked.field === "days") && !line[/** @type {"dose" | "days"} */ (checked.field)];
    if (hasFault && !isUntouched) return showFault(row, checked.field ?? "", checked.message ?? "");
    showFault(row, "", "");
    if (hasFault) return;
    /** @type {HTMLElement} */ (row.querySelector(".rx-unlisted")).hidden = checked.is_listed !== false;
    setAttribute(/** @type {Element} */ (row.querySelector("[data-field=quantity]")), "placeholder", checked.quantity ?? "–");
    setText(row.querySelector("[data-words]"), doseWords(checked));
  }

  /** @param {number} index */
  #remove(index) {
    this.#lines.splice(index, 1);
    this.#checked.splice(index, 1);
    this.#changed();
    this.focus();
  }

  /** Enter goes on to the next field, and from the days back to the search. @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.key !== "Enter") return;
    const field = /** @type {HTMLElement} */ (event.target).dataset.field;
    if (!field) return;
    event.preventDefault();
    const row = /** @type {Element} */ (event.target).closest(".rx-line");
    const next = FIELDS[FIELDS.indexOf(/** @type {any} */ (field)) + 1];
    if (field === "dose" || field === "food") /** @type {HTMLElement | null | undefined} */ (row?.querySelector(`[data-field=${next}]`))?.focus();
    else this.focus();
  }
}

/** @param {TypedLine} line @returns {string} "Paracetamol tablet 500 mg" */
export function medicine(line) {
  return [line.generic, line.form, line.strength].filter(Boolean).join(" ");
}

/** @param {Checked} checked @returns {string} "1 in the morning, 1 at night" */
function doseWords(checked) {
  const parts = (checked.parts ?? []).map((amount, index) => (amount === "0" ? "" : text(`rx_at_${TIMES[index]}`, { amount })));
  if (checked.single) parts.push(checked.single);
  const flags = [checked.as_needed ? text("rx_as_needed") : "", checked.at_once ? text("rx_at_once") : ""];
  return [parts.filter(Boolean).join(", "), ...flags].filter(Boolean).join(" · ");
}

/**
 * @param {Element} row
 * @param {string} name     of the field; empty for none
 * @param {string} message
 */
function showFault(row, name, message) {
  const known = text(`rx_fault_${name}`);
  const sentence = message && known !== `rx_fault_${name}` ? known : message;
  for (const input of row.querySelectorAll("[data-field]")) setAttribute(input, "aria-invalid", /** @type {HTMLElement} */ (input).dataset.field === name ? "true" : null);
  const words = /** @type {HTMLElement} */ (row.querySelector("[data-words]"));
  words.classList.toggle("field-error", sentence !== "");
  setText(words, sentence);
}
