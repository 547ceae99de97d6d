/**
 * The waiting, held and missed patients: one list at a time, chosen by pointer or arrow keys.
 *
 * A row keeps its element while its patient stays in the list, so the focus moves with the patient. When the row that
 * has the focus goes, the focus stays at the same height in the list.
 */
import { el, find, icon, reconcile, setAttribute, setText } from "../shared/dom.js";
import { roomWords } from "../shared/rooms.js";
import { text } from "../shared/texts.js";
import { isPossible, mayAct, nextFor } from "./rules.js";
import { waitParts } from "../shared/format.js";
import { badge, likelyWait, marks, placeReason, waited } from "./words.js";

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").RoomView} RoomView
 * @typedef {import("./types.js").Me} Me
 * @typedef {"waiting" | "held" | "missed"} ListName
 */

/** @type {readonly ListName[]} */
export const LISTS = ["waiting", "held", "missed"];

/** What a chosen row offers beside "Call". @type {Record<ListName, readonly [string, string][]>} */
const OFFERS = {
  waiting: [["hold", "held"], ["transfer", "transfer"], ["cancel", "cancelled"]],
  held: [["resume", "back"], ["transfer", "transfer"], ["cancel", "cancelled"]],
  missed: [["requeue", "back"], ["transfer", "transfer"], ["cancel", "cancelled"]],
};

/**
 * Those of a list in their order; who is not here yet stands below those who wait.
 *
 * @param {RoomView} view
 * @param {ListName} name
 * @returns {Entry[]}
 */
function entriesOf(view, name) {
  return name === "waiting" ? [...view.waiting, ...view.not_here] : view[name];
}

/** A click so soon after the rows have moved was meant for the row that stood there before. */
const AFTER_A_MOVE_MS = 350;

export class Lists {
  /** @type {ListName} */
  #open = "waiting";
  /** @type {RoomView | null} */
  #view = null;
  /** @type {number | null} id of the chosen entry */
  #chosen = null;
  #order = "";
  #movedAt = -Infinity;

  /**
   * @param {object} options
   * @param {Me} options.me
   * @param {() => Date} options.now
   * @param {(action: string, entry: Entry) => void} options.onAct
   */
  constructor({ me, now, onAct }) {
    this.me = me;
    this.now = now;
    this.onAct = onAct;
    this.grid = find("#entries");
    for (const tab of document.querySelectorAll("[role=tab]")) {
      tab.addEventListener("click", () => this.open(/** @type {HTMLElement} */ (tab).dataset.list ?? ""));
      tab.addEventListener("keydown", (event) => this.#tabKey(/** @type {KeyboardEvent} */ (event)));
    }
    this.grid.addEventListener("click", (event) => this.#click(event));
    this.grid.addEventListener("keydown", (event) => this.#key(event));
    this.grid.addEventListener("focusin", (event) => this.#focused(event));
  }

  /** @param {RoomView} view */
  show(view) {
    this.#view = view;
    for (const name of LISTS) setText(find(`#tab-${name} [data-count]`), view[name].length); // of the waiting, those who are here
    this.#draw();
  }

  /** Bring the running times up to date. */
  tick() {
    for (const [index, entry] of this.#entries().entries()) {
      const row = this.grid.children[index];
      if (row && entry.is_here) setText(row.querySelector("[data-waited]"), waited(entry, this.now()));
    }
  }

  /** @param {string} name */
  open(name) {
    const wanted = LISTS.find((known) => known === name);
    if (!wanted || wanted === this.#open) return;
    this.#open = wanted;
    this.#chosen = null;
    this.#order = this.#entries().map((entry) => entry.id).join();
    for (const list of LISTS) {
      const tab = find(`#tab-${list}`);
      setAttribute(tab, "aria-selected", String(list === wanted));
      setAttribute(tab, "tabindex", list === wanted ? null : -1);
    }
    for (const part of [this.grid, find("#list-panel")]) setAttribute(part, "aria-labelledby", `tab-${wanted}`);
    this.#draw();
  }

  /**
   * Show the list in which this token is, with its row chosen. Nothing is done to it.
   *
   * @param {number} id
   * @returns {boolean}  whether it is in any
   */
  reveal(id) {
    const view = this.#view;
    const list = view && LISTS.find((name) => entriesOf(view, name).some((entry) => entry.id === id));
    if (!list) return false;
    this.open(list);
    this.#focus(this.#entries().findIndex((entry) => entry.id === id));
    return true;
  }

  /** Choose the row before or after the chosen one, and give it the focus. @param {-1 | 1} step */
  step(step) {
    const entries = this.#entries();
    const index = entries.findIndex((entry) => entry.id === this.#chosen);
    const wanted = index < 0 ? (step > 0 ? 0 : entries.length - 1) : index + step;
    this.#focus(Math.min(Math.max(wanted, 0), entries.length - 1));
  }

  /** No row is chosen any more. */
  leave() {
    this.#choose(null);
  }

  /** @returns {boolean} whether the focus is in the list */
  hasFocus() {
    return this.grid.contains(document.activeElement);
  }

  /** @returns {Entry[]} */
  #entries() {
    return this.#view ? entriesOf(this.#view, this.#open) : [];
  }

  #draw() {
    if (!this.#view) return;
    const entries = this.#entries();
    const place = this.#focusedPlace();
    const order = entries.map((entry) => entry.id).join();
    if (order !== this.#order) this.#movedAt = performance.now();
    this.#order = order;
    if (!entries.some((entry) => entry.id === this.#chosen)) this.#chosen = null;
    reconcile(this.grid, entries, (entry) => `${this.#open} ${entry.id}`, () => this.#row(), (row, entry) => this.#fill(row, entry));
    const nobody = find("#entries-empty");
    nobody.hidden = entries.length > 0;
    this.grid.hidden = entries.length === 0;
    setText(nobody, text(`empty_${this.#open}`));
    this.#markChosen();
    this.#restoreFocus(place);
  }

  /** @returns {HTMLElement} */
  #row() {
    const name = this.#open;
    const main = el(
      "div",
      { role: "gridcell", class: "entry-main" },
      el("span", { class: "number entry-number" }),
      el("span", { class: "badge entry-next", "data-kind": "ok", "data-next": "" }, text("is_next")),
      el("span", { class: "entry-times" }, el("span", { class: "entry-waited", "data-waited": "" }), el("span", { class: "entry-likely", "data-likely": "" })),
      el("span", { class: "entry-why", "data-why": "" }),
      el("span", { class: "entry-marks" }),
    );
    const call = el("button", { class: "button entry-call", type: "button", tabindex: -1, "data-row-act": "call" }, icon("called"), el("span", {}, text("act_call")));
    const arrive = el("button", { class: "button entry-call", type: "button", tabindex: -1, "data-row-act": "arrive" }, icon("check"), el("span", {}, text("act_arrive")));
    const more = OFFERS[name].map(([action, symbol]) =>
      el("button", { class: "button button-quiet", type: "button", tabindex: -1, "data-row-act": action }, icon(symbol), el("span", {}, text(`act_${action}`))),
    );
    return el(
      "div",
      { role: "row", class: "entry", tabindex: -1 },
      main,
      el("div", { role: "gridcell", class: "entry-side" }, call, arrive),
      el("div", { role: "gridcell", class: "entry-more", hidden: true }, ...more),
    );
  }

  /**
   * @param {HTMLElement} row
   * @param {Entry} entry
   */
  #fill(row, entry) {
    if (!this.#view) return;
    setAttribute(row, "data-id", entry.id);
    setAttribute(row, "data-away", entry.is_here ? null : "");
    for (const action of ["call", "arrive"]) find(`[data-row-act="${action}"]`, row).hidden = (action === "call") !== entry.is_here;
    setText(row.querySelector(".entry-number"), entry.number);
    find("[data-next]", row).hidden = this.#open !== "waiting" || nextFor(this.#view)?.id !== entry.id;
    setText(row.querySelector("[data-waited]"), entry.is_here ? waited(entry, this.now()) : "");
    setText(row.querySelector("[data-likely]"), this.#open === "waiting" && entry.is_here ? likelyWait(entry) : "");
    setText(row.querySelector("[data-why]"), this.#open === "waiting" ? [placeReason(entry), waitParts(entry.wait)].filter(Boolean).join(" · ") : "");
    reconcile(find(".entry-marks", row), marks(entry, this.#view.room_names), (mark) => `${mark.name} ${mark.words}`, badge);
    const isAllowed = mayAct(this.#view, this.me);
    for (const button of row.querySelectorAll("[data-row-act]")) {
      const action = /** @type {HTMLElement} */ (button).dataset.rowAct ?? "";
      setAttribute(button, "aria-disabled", isAllowed && isPossible(this.#view, entry, action) ? null : "true");
      setAttribute(button, "aria-label", `${text(`act_${action}`)}: ${entry.number}`);
    }
  }

  /** @param {number | null} id */
  #choose(id) {
    this.#chosen = id;
    this.#markChosen();
  }

  #markChosen() {
    const rows = /** @type {HTMLElement[]} */ ([...this.grid.children]);
    const stop = rows.find((row) => Number(row.dataset.id) === this.#chosen) ?? rows[0];
    for (const row of rows) {
      const isChosen = Number(row.dataset.id) === this.#chosen;
      setAttribute(row, "aria-selected", String(isChosen));
      setAttribute(row, "tabindex", row === stop ? 0 : -1);
      find(".entry-more", row).hidden = !isChosen;
      for (const button of row.querySelectorAll("button")) setAttribute(button, "tabindex", isChosen ? null : -1);
    }
  }

  /** @param {number} index */
  #focus(index) {
    const row = /** @type {HTMLElement | undefined} */ (this.grid.children[index]);
    if (!row) return;
    this.#choose(Number(row.dataset.id));
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  /** Where the focus is: the row's place and, within it, the button. */
  #focusedPlace() {
    const row = document.activeElement?.closest(".entry");
    if (!row || row.parentElement !== this.grid) return null;
    return { index: [...this.grid.children].indexOf(row), element: /** @type {HTMLElement} */ (document.activeElement) };
  }

  /** @param {{index: number, element: HTMLElement} | null} place */
  #restoreFocus(place) {
    if (!place || document.activeElement === place.element) return;
    if (place.element.isConnected) place.element.focus();
    else if (this.grid.children.length) this.#focus(Math.min(place.index, this.grid.children.length - 1));
    else find(`#tab-${this.#open}`).focus();
  }

  /** @param {Event} event */
  #rowOf(event) {
    const row = event.target instanceof Element ? event.target.closest(".entry") : null;
    const id = Number(/** @type {HTMLElement | null} */ (row)?.dataset.id);
    return this.#entries().find((entry) => entry.id === id) ?? null;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const entry = this.#rowOf(event);
    if (!entry || !(event.target instanceof Element)) return;
    const button = /** @type {HTMLElement | null} */ (event.target.closest("[data-row-act]"));
    const isByPointer = event.detail > 0;
    if (!button) this.#choose(entry.id);
    else if (isByPointer && performance.now() - this.#movedAt < AFTER_A_MOVE_MS) return;
    else if (button.getAttribute("aria-disabled") !== "true") this.onAct(button.dataset.rowAct ?? "", entry);
  }

  /** @param {FocusEvent} event */
  #focused(event) {
    const entry = this.#rowOf(event);
    if (entry && event.target instanceof Element && event.target.matches(".entry:focus-visible")) this.#choose(entry.id);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const isOnRow = event.target instanceof Element && event.target.classList.contains("entry");
    const entries = this.#entries();
    if (event.key === "Home") this.#focus(0);
    else if (event.key === "End") this.#focus(entries.length - 1);
    else if (event.key === "Enter" && isOnRow && !event.repeat) this.#enter(event);
    else return;
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  #enter(event) {
    const entry = this.#rowOf(event);
    const action = entry?.is_here === false ? "arrive" : "call";
    if (entry && this.#view && mayAct(this.#view, this.me) && isPossible(this.#view, entry, action)) this.onAct(action, entry);
  }

  /** @param {KeyboardEvent} event */
  #tabKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const turn = document.documentElement.dir === "rtl" ? -step : step;
    const wanted = LISTS[(LISTS.indexOf(this.#open) + turn + LISTS.length) % LISTS.length] ?? "waiting";
    this.open(wanted);
    find(`#tab-${wanted}`).focus();
    event.preventDefault();
  }
}

/**
 * Who is called to or with a doctor in the department's other rooms.
 *
 * @param {RoomView} view
 */
export function showElsewhere(view) {
  find("#elsewhere").hidden = view.elsewhere.length === 0;
  reconcile(
    find("#elsewhere-list"),
    view.elsewhere,
    (entry) => `${entry.id} ${entry.state} ${entry.room}`,
    (entry) =>
      el(
        "li",
        { class: "elsewhere-entry" },
        el("span", { class: "number" }, entry.number),
        el("span", { class: "quiet" }, roomWords(entry.room, view.room_names[entry.room ?? ""])),
        el("span", { class: "badge", "data-state": entry.state }, icon(entry.state), text(`state_${entry.state}`)),
      ),
  );
}
