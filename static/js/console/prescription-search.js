/**
 * The field from which a prescription is filled: letters find medicines and templates, and while it is empty the
 * doctor's favourites stand below it, each behind the digit that takes it.
 */
import { el, icon, setAttribute } from "../shared/dom.js";
import { text } from "../shared/texts.js";
import { ask } from "./asking.js";

/**
 * @typedef {import("./prescription.js").TypedLine} TypedLine
 * @typedef {{generic: string, form: string, strength: string}} Medicine
 * @typedef {{id: number, line: TypedLine}} Favourite
 * @typedef {{id: number, diagnosis: string, content: {lines: TypedLine[], note: string}}} Template
 * @typedef {{kind: "last"} | {kind: "favourite", favourite: Favourite} | {kind: "template", template: Template}
 *   | {kind: "medicine" | "suggested", medicine: Medicine} | {kind: "free", name: string}} Choice
 */

const PAUSE_MS = 60;
const DIGITS = 9;

export class Search {
  /** @type {Choice[]} */
  #choices = [];
  #active = -1;
  /** @type {Favourite[]} */
  favourites = [];
  /** what is common in the department, for digits without a favourite @type {Medicine[]} */
  suggested = [];
  /** @type {Template[]} */
  templates = [];
  /** when the patient was last given something, in words; empty for never */
  last = "";
  /** keys that were pressed while nothing could be taken yet; null when it can @type {string[] | null} */
  #held = null;
  /** @type {AbortController | null} */
  #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLInputElement} field
   * @param {HTMLElement} list
   * @param {object} options
   * @param {(choice: Choice) => void} options.onTake
   * @param {(choice: Choice) => void} options.onRemove  a favourite or template is no longer wanted
   */
  constructor(field, list, { onTake, onRemove }) {
    this.field = field;
    this.list = list;
    this.onTake = onTake;
    this.onRemove = onRemove;
    field.addEventListener("input", () => this.#typed());
    field.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("click", (event) => this.#click(event));
    // The field keeps the focus while a choice is clicked.
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** Keep what is typed until `release`: the patient's draft is on its way. */
  hold() {
    this.field.value = "";
    this.#held = [];
    this.#show([], -1);
  }

  /** Do what was typed meanwhile. */
  release() {
    const keys = this.#held ?? [];
    this.#held = null;
    const typed = this.field.value;
    this.reset();
    for (const key of keys) this.#digit(key);
    this.field.value = typed;
    if (typed) this.#typed();
  }

  /** Show what can be had without typing. */
  reset() {
    if (this.#held) return;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.field.value = "";
    /** @type {Choice[]} */
    const choices = this.last ? [{ kind: "last" }] : [];
    for (const favourite of this.favourites) choices.push({ kind: "favourite", favourite });
    for (const medicine of this.#common()) choices.push({ kind: "suggested", medicine });
    for (const template of this.templates) choices.push({ kind: "template", template });
    this.#show(choices, -1);
  }

  /** As many as there are digits without a favourite; none that is one. @returns {Medicine[]} */
  #common() {
    const known = new Set(this.favourites.map(({ line }) => line.generic));
    return this.suggested.filter(({ generic }) => !known.has(generic)).slice(0, Math.max(0, DIGITS - this.favourites.length));
  }

  #typed() {
    clearTimeout(this.#timer);
    if (this.#held) return;
    const query = this.field.value.trim();
    if (query === "") this.reset();
    else this.#timer = setTimeout(() => void this.#find(query), PAUSE_MS);
  }

  /** @param {string} query */
  async #find(query) {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const begins = query.toLocaleLowerCase();
    /** @type {Choice[]} */
    const choices = this.templates
      .filter((template) => template.diagnosis.toLocaleLowerCase().startsWith(begins))
      .map((template) => ({ kind: "template", template }));
    try {
      const { medicines } = await ask(`/doctor/writing/medicines?q=${encodeURIComponent(query)}`, asking.signal);
      for (const medicine of medicines) choices.push({ kind: "medicine", medicine });
    } catch {
      // Without an answer the name can still be taken as it was typed.
    }
    if (asking.signal.aborted) return;
    if (/\p{L}/u.test(query)) choices.push({ kind: "free", name: query });
    this.#show(choices, 0);
  }

  /**
   * @param {Choice[]} choices
   * @param {number} active
   */
  #show(choices, active) {
    this.#choices = choices;
    let digit = 0;
    this.list.replaceChildren(
      ...choices.map((choice, index) => {
        const key = choice.kind === "last" ? "0" : isBehindDigit(choice) && digit < DIGITS ? String((digit += 1)) : "";
        return this.#option(choice, index, this.field.value === "" ? key : "");
      }),
    );
    this.list.hidden = choices.length === 0;
    if (this.field.value) this.list.scrollIntoView({ block: "nearest" });
    this.#activate(Math.min(active, choices.length - 1));
  }

  /**
   * @param {Choice} choice
   * @param {number} index
   * @param {string} key
   */
  #option(choice, index, key) {
    const [symbol, name, more] = words(choice, this.last);
    const canGo = choice.kind === "favourite" || (choice.kind === "template" && this.field.value === "");
    return el(
      "li",
      { class: "found", role: "option", id: `found-${index}`, "data-index": index, "data-kind": choice.kind, "aria-selected": "false" },
      key ? el("kbd", { class: "key", "aria-hidden": "true" }, key) : icon(symbol),
      el("span", { class: "found-words" }, el("span", { class: "found-name" }, name), more ? el("span", { class: "found-more" }, more) : null),
      canGo && el("button", { class: "found-remove", type: "button", tabindex: -1, "data-remove": true, "aria-label": text("rx_forget", { name }) }, icon("cross")),
    );
  }

  /** @param {number} index */
  #activate(index) {
    this.#active = index;
    for (const [at, option] of [...this.list.children].entries()) option.setAttribute("aria-selected", String(at === index));
    const option = index >= 0 ? this.list.children[index] : null;
    setAttribute(this.field, "aria-activedescendant", option ? option.id : null);
    option?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const { key } = event;
    if ((key === "ArrowDown" || key === "ArrowUp") && this.#choices.length) {
      const step = key === "ArrowDown" ? 1 : -1;
      this.#activate(Math.max(this.field.value ? 0 : -1, Math.min(this.#active + step, this.#choices.length - 1)));
    } else if (key === "Enter") {
      if (this.#active >= 0) this.#take(this.#active);
      else if (this.field.value.trim()) void this.#find(this.field.value.trim());
    } else if (key === "Escape" && this.field.value) {
      this.reset();
    } else if (/^[0-9]$/.test(key) && this.field.value === "") {
      if (this.#held) this.#held.push(key);
      else this.#digit(key);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Take what stands behind the digit, if anything does. @param {string} key */
  #digit(key) {
    const wanted = key === "0" ? this.#choices.findIndex(({ kind }) => kind === "last") : this.#favourite(Number(key));
    if (wanted >= 0) this.#take(wanted);
  }

  /** @param {number} count  from 1 @returns {number} its place among the choices, or -1 */
  #favourite(count) {
    const first = this.#choices.findIndex(isBehindDigit);
    const wanted = this.#choices[first + count - 1];
    return first >= 0 && wanted && isBehindDigit(wanted) ? first + count - 1 : -1;
  }

  /** @param {number} index */
  #take(index) {
    const choice = this.#choices[index];
    if (!choice) return;
    this.reset();
    this.onTake(choice);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    const index = Number(/** @type {HTMLElement | null} */ (target.closest("[data-index]"))?.dataset.index ?? -1);
    const choice = this.#choices[index];
    if (!choice) return;
    if (target.closest("[data-remove]")) this.onRemove(choice);
    else this.#take(index);
  }
}

/** @param {Choice} choice */
function isBehindDigit({ kind }) {
  return kind === "favourite" || kind === "suggested";
}

/**
 * @param {Choice} choice
 * @param {string} last
 * @returns {[string, string, string]}  icon, name, more words
 */
function words(choice, last) {
  switch (choice.kind) {
    case "last":
      return ["recall", text("rx_same"), last];
    case "favourite": {
      const { line } = choice.favourite;
      const days = line.days ? text("rx_days_short", { days: line.days }) : "";
      return ["medicine", [line.generic, line.strength].filter(Boolean).join(" "), [line.dose, days].filter(Boolean).join(" · ")];
    }
    case "template":
      return ["general", choice.template.diagnosis, choice.template.content.lines.map((line) => line.generic).join(", ")];
    case "medicine":
      return ["medicine", choice.medicine.generic, [choice.medicine.form, choice.medicine.strength].filter(Boolean).join(" ")];
    case "suggested":
      return ["medicine", [choice.medicine.generic, choice.medicine.strength].join(" "), text("rx_suggested")];
    case "free":
      return ["plus", choice.name, text("rx_as_typed")];
  }
}
