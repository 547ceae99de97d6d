/** The clinic today, live: departments, who waits longest, doctors, devices, and what is wrong. */
import { el, find, icon, reconcile, setAttribute, setText } from "../shared/dom.js";
import { elapsed } from "../shared/durations.js";
import { clock } from "../shared/format.js";
import { connect } from "../shared/live.js";
import { strip } from "../shared/strip.js";
import { text, textIn } from "../shared/texts.js";
import { showTroubles } from "../shared/troubles.js";

/**
 * @typedef {import("../shared/dashboard-views.js").DashboardView} View
 * @typedef {import("../shared/dashboard-views.js").TodayView} Today
 * @typedef {import("../shared/dashboard-views.js").DashboardDoctor} Doctor
 * @typedef {import("../shared/dashboard-views.js").DashboardDevice} Device
 */

/** Waits are counted on so often. */
const TICK_MS = 5_000;

/** A printer's states that need somebody. */
const NOT_WELL = ["out", "cover", "offline"];

/** @type {View | null} */
let view = null;

const line = connect("/ws/admin", {
  ...strip,
  /** @param {View} data */
  onView(data) {
    view = data;
    show();
  },
});
setInterval(show, TICK_MS);

function show() {
  if (!view) return;
  const shown = view;
  setAttribute(find("#dashboard"), "aria-busy", null);
  showTroubles(shown.troubles);
  showDepartments(shown);
  showList("#longest", "#nobody-waits", shown.longest, (one) => String(one.id), ({ id, number, department, since }) => [
    el("a", { class: "number", href: `/desk/tokens/${id}` }, number),
    el("span", {}, nameOf(shown.departments.find((known) => known.code === department))),
    el("span", { class: "dashboard-value" }, waited(since)),
  ]);
  showList("#doctors", "#nobody-on-duty", shown.doctors, (one) => `${one.doctor} ${one.room}`, (doctor) => [
    el("span", {}, doctor.doctor),
    el("span", { class: "quiet" }, text("room", { room: doctor.room })),
    badge(dutyWords(doctor), doctor.is_late ? "warn" : doctor.state === "on_duty" ? "ok" : "info"),
  ]);
  showList("#devices", "#no-devices", shown.devices, (one) => `${one.kind} ${one.name}`, (device) => [
    el("span", {}, device.name),
    el("span", { class: "quiet" }, text(`kind_${device.kind}`)),
    badge(...deviceWords(device)),
  ]);
  showFacts(shown);
}

/** @param {View} shown */
function showDepartments({ departments }) {
  find("#no-departments").hidden = departments.length > 0;
  find("#dashboard .table-scroll").hidden = departments.length === 0;
  reconcile(find("#dashboard tbody"), departments, (one) => one.code, newRow, (row, one) => {
    const cells = [nameOf(one), one.waiting, one.called, one.attended, one.missed, one.since ? waited(one.since) : "–"];
    for (const [place, cell] of cells.entries()) setText(row.children[place] ?? null, cell);
    setAttribute(row, "title", one.longest);
  });
}

/** @param {Today} one */
function newRow(one) {
  const amounts = Array.from({ length: 5 }, () => el("td", { class: "amount nowrap" }));
  return el("tr", { "data-department": one.code }, el("th", { scope: "row" }), ...amounts);
}

/**
 * A list whose rows are made anew when anything in them has changed.
 *
 * @template One
 * @param {string} list
 * @param {string} empty
 * @param {readonly One[]} all
 * @param {(one: One) => string} key
 * @param {(one: One) => HTMLElement[]} parts
 */
function showList(list, empty, all, key, parts) {
  find(empty).hidden = all.length > 0;
  const rows = all.map((one) => el("li", { "data-key": key(one) }, ...parts(one)));
  const element = find(list);
  const differs = rows.length !== element.children.length || rows.some((row, at) => !row.isEqualNode(element.children[at] ?? null));
  if (differs) element.replaceChildren(...rows);
}

/** @param {View} shown */
function showFacts({ backup, has_backups: hasBackups, key_copied: isCopied, refused }) {
  const made = backup ? text("backup_at", { time: waited(backup) }) : text(hasBackups ? "backup_none" : "backup_by_hand");
  setText(find("#backup"), made);
  setText(find("#key-copied"), text(isCopied ? "yes" : "no"));
  setText(find("#refused"), refused);
}

/** @param {Today | undefined} department */
function nameOf(department) {
  return department ? textIn(department.names) || department.code : "";
}

/** @param {string} since */
function waited(since) {
  return elapsed(line.serverNow().getTime() - Date.parse(since));
}

/** @param {Doctor} doctor */
function dutyWords({ state, back_at: backAt, is_late: isLate }) {
  if (!backAt) return text(`duty_${state}`);
  return text(isLate ? "late" : state === "on_break" ? "back_at" : "expected_at", { time: clock(backAt) });
}

/**
 * @param {Device} device
 * @returns {[string, string]}  words and kind of a badge
 */
function deviceWords({ printer, seen_at: seenAt, is_away: isAway }) {
  if (!seenAt) return [text("never_seen"), "info"];
  if (isAway) return [text("away_since", { time: clock(seenAt) }), "danger"];
  if (printer === null) return [text("is_there"), "ok"];
  return [text(`printer_${printer}`), NOT_WELL.includes(printer) ? "danger" : printer === "low" ? "warn" : "ok"];
}

/**
 * @param {string} words
 * @param {string} kind
 */
function badge(words, kind) {
  const symbol = { ok: "check", info: "info", warn: "warning", danger: "warning" }[kind] ?? "info";
  return el("span", { class: "badge dashboard-value", "data-kind": kind }, icon(symbol), words);
}
