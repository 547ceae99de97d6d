/** Slips and printers as they are now, and the queues at a glance. */
import { el, find, icon, reconcile, setAttribute, setText } from "../shared/dom.js";
import { clock, waitRange } from "../shared/format.js";
import { connect } from "../shared/live.js";
import { note } from "../shared/notes.js";
import { Presses } from "../shared/presses.js";
import { strip } from "../shared/strip.js";
import { pageData, text, textIn } from "../shared/texts.js";

/**
 * @typedef {import("../shared/views.js").SlipView} Slip
 * @typedef {import("../shared/views.js").PrinterView} Printer
 * @typedef {import("../shared/views.js").DepartmentView} Department
 * @typedef {import("../shared/views.js").DeskSlipsView} DeskView
 */

/** @type {Record<string, [kind: string, symbol: string]>} */
const SLIPS = {
  queued: ["info", "clock"],
  sent: ["info", "printer"],
  printed: ["ok", "printer-ok"],
  unconfirmed: ["warn", "printer"],
  failed: ["danger", "printer-out"],
};
/** @type {Record<string, [kind: string, symbol: string]>} */
const PRINTERS = { ok: ["ok", "printer-ok"], low: ["warn", "printer"], none: ["info", "printer"] };
/** A printer's agent is heard of every minute; after so long without it, its last word is worth nothing. */
const SILENT_MS = 180_000;
/** A slip that has been on its way for so long needs a look. */
const LATE_MS = 60_000;

/** As in domain/devices/print_jobs.py: nobody need look at it any more. */
const DROPPED = "dropped at the desk";

/** @type {DeskView | null} */
let view = null;

const line = connect("/ws/desk", {
  ...strip,
  onView: (data) => {
    view = data;
    show();
  },
  onError: ({ message, isFinal }) => {
    if (isFinal) note("line", text("line_ended", { message }), { icon: "warning", stays: true });
  },
});
const presses = new Presses({ isAway: () => line.isStale(), onChange: markBusy });
/** @type {HTMLElement | null} */
let pressed = null;

for (const radio of document.querySelectorAll("[name=filter]")) radio.addEventListener("change", show);
setInterval(show, 5000);

function show() {
  if (!view) return;
  const { departments, printers } = view;
  const warning = find("#clock-wrong");
  warning.hidden = !view.clock_wrong;
  if (view.clock_wrong) setText(warning.querySelector("p"), text("clock_wrong"));
  reconcile(find("#departments"), departments, (department) => department.code, createDepartment, updateDepartment);
  reconcile(find("#printers"), printers, (printer) => `${printer.place} ${printer.name ?? ""}`, createPrinter, updatePrinter);
  find("#printers-empty").hidden = printers.length > 0;
  showSlips(view);
}

/**
 * @param {Department} department
 * @returns {HTMLElement}
 */
function createDepartment(department) {
  return el(
    "li",
    { class: "card queue-card card-department", "data-colour": department.colour },
    el("span", { class: "plate", "aria-hidden": "true" }, icon(department.icon)),
    el("span", { class: "queue-name" }),
    el("span", { class: "queue-wait" }),
    el("span", { class: "queue-count" }, el("strong"), text("waiting")),
  );
}

/**
 * @param {HTMLElement} card
 * @param {Department} department
 */
function updateDepartment(card, department) {
  setText(card.querySelector(".queue-name"), textIn(department.names) || department.code);
  setText(card.querySelector("strong"), department.waiting);
  const range = waitRange(department.wait);
  const wait = range ? text("likely", { time: range }) : text("no_wait");
  const open = department.is_closing ? `${wait} · ${text("closing")}` : wait;
  setText(card.querySelector(".queue-wait"), department.is_open ? open : text("closed"));
}

/** @returns {HTMLElement} */
function createPrinter() {
  return el(
    "li",
    { class: "card printer-card" },
    el("span", { class: "printer-name" }),
    el("span", { class: "badge" }),
    el("span", { class: "quiet small" }),
  );
}

/**
 * @param {HTMLElement} card
 * @param {Printer} printer
 */
function updatePrinter(card, printer) {
  setText(card.querySelector(".printer-name"), printer.name ? `${printer.name} · ${printer.place}` : printer.place);
  const isThere = printer.at === null || line.serverNow().getTime() - Date.parse(printer.at) < SILENT_MS;
  const [kind, symbol] = isThere ? (PRINTERS[printer.state] ?? ["danger", "printer-out"]) : ["danger", "offline"];
  showBadge(find(".badge", card), kind, symbol, text(isThere ? `printer_${printer.state}` : "not_connected"));
  const seen = printer.at ? text("seen", { time: clock(printer.at) }) : text("never_seen");
  setText(card.querySelector(".quiet"), seen);
}

/**
 * @param {HTMLElement} badge
 * @param {string} kind
 * @param {string} symbol
 * @param {string} words
 */
function showBadge(badge, kind, symbol, words) {
  if (badge.dataset.kind !== kind || badge.textContent !== words) badge.replaceChildren(icon(symbol), el("span", {}, words));
  setAttribute(badge, "data-kind", kind);
}

/** @param {DeskView} shown */
function showSlips(shown) {
  const filter = /** @type {HTMLInputElement} */ (find("[name=filter]:checked")).value;
  const slips = filter === "all" ? shown.prints : newestOfEach(shown.prints).filter(needsLook);
  reconcile(find("#slips tbody"), slips, (slip) => slip.id, createSlip, updateSlip);
  const empty = find("#slips-empty");
  empty.hidden = slips.length > 0;
  find(".table-scroll").hidden = slips.length === 0;
  setText(empty, text(`empty_${filter}`));
}

/**
 * Without the slips that were printed again since: the newest of each number.
 *
 * @param {Slip[]} slips  newest first
 * @returns {Slip[]}
 */
function newestOfEach(slips) {
  return slips.filter((slip, place) => slips.findIndex((other) => other.number === slip.number) === place);
}

/**
 * @param {Slip} slip
 * @returns {boolean}
 */
function needsLook(slip) {
  if (slip.reason === DROPPED) return false;
  if (slip.state === "failed" || slip.state === "unconfirmed") return true;
  return slip.state !== "printed" && line.serverNow().getTime() - Date.parse(slip.at) > LATE_MS;
}

/**
 * @param {Slip} slip
 * @returns {HTMLElement}
 */
function createSlip(slip) {
  const copy = slip.copy > 1 ? el("span", { class: "badge" }, text("copy", { count: slip.copy })) : null;
  const button = el(
    "button",
    {
      class: "button",
      type: "button",
      "aria-label": text("again_at", { number: slip.number }),
      onclick: () => void again(slip, button, select.value),
    },
    icon("printer"),
    el("span", {}, text("again")),
  );
  const select = el("select", { class: "input", "aria-label": text("printer_ok") });
  const unneeded = el(
    "button",
    { class: "button button-quiet", type: "button", "data-drop": "", "aria-label": text("drop_at", { number: slip.number }), onclick: () => void drop(slip) },
    icon("cross"),
    el("span", {}, text("drop")),
  );
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, el("span", { class: "row tight" }, el("span", { class: "number" }, slip.number), copy)),
    el("td", {}, el("span", { class: "badge", "data-state-of": "" }), el("span", { class: "quiet slip-reason" })),
    el("td", {}, slip.place),
    el("td", { class: "nowrap" }, clock(slip.at)),
    el("td", {}, el("div", { class: "slip-again" }, select, button, unneeded)),
  );
}

/**
 * @param {HTMLElement} row
 * @param {Slip} slip
 */
function updateSlip(row, slip) {
  const [kind, symbol] = SLIPS[slip.state] ?? ["info", "printer"];
  showBadge(find("[data-state-of]", row), kind, symbol, text(`print_${slip.state}`));
  setText(row.querySelector(".slip-reason"), slip.reason ? (pageData().reasons?.[slip.reason] ?? slip.reason) : "");
  find("[data-drop]", row).hidden = !needsLook(slip);
  const places = [...new Set(view?.printers.map((printer) => printer.place))];
  const select = /** @type {HTMLSelectElement} */ (find("select", row));
  select.hidden = places.length < 2;
  if ([...select.options].map((option) => option.value).join() === places.join()) return;
  select.replaceChildren(...places.map((place) => el("option", { value: place, selected: place === slip.place }, place)));
}

/**
 * @param {Slip} slip
 * @param {HTMLElement} button
 * @param {string} place
 */
async function again(slip, button, place) {
  pressed = button;
  const isDone = await presses.press("again", `/desk/prints/${slip.id}/again`, { place: place || slip.place });
  if (isDone) note("again", text("queued_again", { number: slip.number }), { icon: "printer" });
}

/** Nobody needs the slip. @param {Slip} slip */
async function drop(slip) {
  await presses.press("drop", `/desk/prints/${slip.id}/drop`);
}

function markBusy() {
  for (const button of document.querySelectorAll("#slips .button")) {
    setAttribute(button, "aria-busy", button === pressed && presses.isPressed("again") ? "true" : null);
  }
}
