/**
 * The last list of a page whose line is down, to be read aloud from or printed: calling by voice goes on. It is made of
 * what the page has, and asks the server for nothing. Whatever is printed of such a page is the list (css/last-list.css).
 *
 * Needs the elements and texts of templates/shared/last_list.html.
 */
import { el, find } from "./dom.js";
import { clock } from "./format.js";
import { note, unnote } from "./notes.js";
import { pageData, text } from "./texts.js";
import { uptime } from "./uptime.js";

/**
 * @typedef {object} ListRow
 * @property {string} number
 * @property {string} [department]  its name; left out where the page is of one department
 * @property {string} state
 * @property {string} priority
 * @property {string | null} at     since when
 * @property {boolean} is_here      false of who waits and has not come yet
 */

/** Whoever was without the server for so long has probably called somebody by voice. */
const LONG_MS = 60_000;

export class LastList {
  /** the server's time of what is shown, while the line is down @type {Date | null} */
  #since = null;
  #offeredAt = 0;
  #wasUsed = false;

  /**
   * @param {object} options
   * @param {() => ListRow[]} options.rows    everybody who waits or was called, as the page knows it
   * @param {() => Date} options.now          the server's clock
   * @param {string} options.sheet            address of the sheet in which is entered what was done
   */
  constructor({ rows, now, sheet }) {
    this.rows = rows;
    this.now = now;
    this.sheet = sheet;
    this.dialog = /** @type {HTMLDialogElement} */ (find("#last-list"));
    find("#open-list").addEventListener("click", () => this.#open());
    find("#print-list").addEventListener("click", () => print());
    addEventListener("beforeprint", () => this.#fill(find("#printed-list")));
  }

  /**
   * What a page's line tells of itself goes on to the strip, and offers the list or withdraws it.
   *
   * @param {typeof import("./strip.js").strip} strip
   * @returns {typeof import("./strip.js").strip}
   */
  beside(strip) {
    return {
      ...strip,
      onStale: (since) => {
        strip.onStale(since);
        this.#offer(since);
      },
      onFetching: (seconds) => {
        strip.onFetching(seconds);
        this.#withdraw();
      },
      onFresh: () => {
        strip.onFresh();
        this.#withdraw();
      },
    };
  }

  /** The line is down: the list is offered. @param {Date} since */
  #offer(since) {
    if (this.#since === null) {
      this.#offeredAt = uptime();
      this.#wasUsed = false;
    }
    this.#since = since;
    unnote("afterwards");
    find("#open-list").hidden = false;
  }

  /** The page is live again. Whoever has called by voice meanwhile is led to where that is entered. */
  #withdraw() {
    const isLong = this.#since !== null && uptime() - this.#offeredAt > LONG_MS;
    if (this.#wasUsed || isLong) {
      note("afterwards", text("server_back"), { icon: "check", stays: true, link: { label: text("enter_afterwards"), href: this.sheet } });
    }
    this.#since = null;
    this.#wasUsed = false;
    find("#open-list").hidden = true;
    this.dialog.close();
  }

  #open() {
    this.#fill(find("[data-list-place]", this.dialog));
    this.dialog.showModal();
    find("[data-list-place]", this.dialog).focus();
  }

  /** @param {HTMLElement} place */
  #fill(place) {
    if (this.#since !== null) this.#wasUsed = true;
    const rows = this.rows();
    const hasDepartments = rows.some((row) => row.department !== undefined);
    const headings = ["number", ...(hasDepartments ? ["department"] : []), "priority", "state", "since"];
    place.replaceChildren(
      el("h1", { class: "list-time" }, text("list_of", { time: clock(this.#since ?? this.now()) })),
      el("p", { class: "quiet" }, `${pageData().title ?? document.title} · ${this.now().toLocaleDateString("en-CA", { timeZone: pageData().time_zone })}`),
      el(
        "table",
        { class: "table" },
        el("thead", {}, el("tr", {}, ...headings.map((name) => el("th", { scope: "col" }, text(`list_${name}`))), ...this.#marks("th"))),
        el("tbody", {}, ...rows.map((row) => this.#row(row, hasDepartments))),
      ),
    );
    if (rows.length === 0) place.append(el("p", { class: "empty" }, text("list_empty")));
  }

  /**
   * @param {ListRow} row
   * @param {boolean} hasDepartments
   */
  #row(row, hasDepartments) {
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, el("span", { class: "number" }, row.number)),
      hasDepartments && el("td", {}, row.department ?? ""),
      el("td", { class: "list-priority" }, row.priority === "normal" ? "" : text(`list_${row.priority}`)),
      el("td", {}, text(row.state === "waiting" && !row.is_here ? "list_not_here" : `list_${row.state}`)),
      el("td", { class: "nowrap" }, row.at ? clock(row.at) : ""),
      ...this.#marks("td"),
    );
  }

  /** Two columns to be marked with a pen. @param {"th" | "td"} tag */
  #marks(tag) {
    return ["attended", "missed"].map((name) => el(tag, { class: "list-mark" }, tag === "th" ? text(`list_${name}`) : el("span", { class: "list-box" })));
  }
}
