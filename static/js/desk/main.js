/** The desk: active and completed tokens side by side, live, worked with the keyboard. */
import { el, find, icon, reconcile, setAttribute, setText } from "../shared/dom.js";
import { elapsed } from "../shared/durations.js";
import { clock } from "../shared/format.js";
import { LastList } from "../shared/last-list.js";
import { connect } from "../shared/live.js";
import { note } from "../shared/notes.js";
import { roomWords } from "../shared/rooms.js";
import { post, PostError } from "../shared/post.js";
import { listenForScans, slipKey } from "../shared/scanner.js";
import { strip } from "../shared/strip.js";
import { text, textIn } from "../shared/texts.js";
import { showTroubles } from "../shared/troubles.js";
import { listenForKeys } from "./keys.js";
import { openNew, prepareNew } from "./new.js";
import { Panel } from "./panel.js";

/**
 * @typedef {import("../shared/views.js").DeskToken} Row
 * @typedef {import("../shared/views.js").DeskView} View
 * @typedef {"active" | "completed"} ListName
 */

/** Troubles that the page of slips and printers tells more about. */
const PRINTERS = ["paper_out", "cover_open", "printer_offline", "printer_away"];

/** @type {ListName[]} */
const LISTS = ["active", "completed"];

/** @type {View | null} */
let view = null;
/** the chosen token's id @type {number | null} */
let chosen = null;
/** @type {ListName} */
let list = "active";

const panel = new Panel(find("#panel"), (sentence, kind) => note("panel", sentence, { icon: kind === "ok" ? "check" : "warning" }));

const lastList = new LastList({ rows: listed, now: () => line.serverNow(), sheet: "/desk/afterwards" });
const line = connect("/ws/desk/queues", {
  ...lastList.beside(strip),
  onView: (data) => {
    const before = row(chosen);
    view = data;
    show();
    if (chosen !== null && JSON.stringify(before) !== JSON.stringify(row(chosen))) void panel.refresh();
  },
  onError: ({ message, isFinal }) => {
    if (isFinal) note("line", text("line_ended", { message }), { icon: "warning", stays: true });
  },
});


/** Everybody in the queues, as a list to read or print; what the filters hide is on it. */
function listed() {
  const names = new Map(view?.departments.map((one) => [one.code, textIn(one.names) || one.code]));
  return (view?.active ?? []).map(({ department, ...one }) => ({ ...one, department: names.get(department) ?? department }));
}

/**
 * @param {number | null} id
 * @returns {Row | undefined}
 */
function row(id) {
  return [...(view?.active ?? []), ...(view?.completed ?? [])].find((one) => one.id === id);
}

/**
 * What the filters leave of a list.
 *
 * @param {ListName} name
 * @returns {Row[]}
 */
function rows(name) {
  const [department, doctor, state] = ["department", "doctor", "state"].map((kind) => filter(kind).value);
  return (view?.[name] ?? []).filter(
    (one) =>
      (!department || one.department === department) && (!doctor || String(one.doctor) === doctor) && (!state || one.state === state),
  );
}

/**
 * @param {string} kind
 * @returns {HTMLSelectElement}
 */
function filter(kind) {
  return /** @type {HTMLSelectElement} */ (find(`#by-${kind}`));
}

function show() {
  if (!view) return;
  const warning = find("#clock-wrong");
  warning.hidden = !view.clock_wrong;
  setText(find("p", warning), view.clock_wrong ? text("clock_wrong") : "");
  showTroubles(view.troubles);
  const names = view.troubles.filter(({ kind }) => PRINTERS.includes(kind)).map(({ name }) => name);
  const trouble = names.length > 0 ? text("trouble", { names: names.join(", ") }) : null;
  setAttribute(find("#slips-link"), "data-trouble", trouble !== null);
  setAttribute(find("#slips-link"), "title", trouble);
  showDoctors(view.doctors);
  for (const { code, is_closing: isClosing } of view.departments) {
    for (const mark of document.querySelectorAll(`[data-closing="${code}"]`)) setAttribute(mark, "hidden", !isClosing);
  }
  for (const name of LISTS) {
    const section = find(`[data-list=${name}]`);
    const shown = rows(name);
    reconcile(find("tbody", section), shown, (one) => one.id, createRow, updateRow);
    const count = name === "completed" ? view.completed_count : view.active.length;
    setText(find("[data-count]", section), shown.length === count ? count : text("of_count", { shown: shown.length, count }));
    find("[data-empty]", section).hidden = shown.length > 0;
    find(".table-scroll", section).hidden = shown.length === 0;
  }
}

/** @param {{id: number, doctor: string}[]} doctors */
function showDoctors(doctors) {
  const select = filter("doctor");
  const wanted = doctors.map((one) => String(one.id));
  if ([...select.options].slice(1).map((option) => option.value).join() === wanted.join()) return;
  const kept = select.value;
  const [all] = select.options;
  const options = doctors.map((one) => el("option", { value: String(one.id) }, one.doctor));
  select.replaceChildren(...(all ? [all] : []), ...options);
  select.value = wanted.includes(kept) ? kept : "";
}

/**
 * @param {Row} one
 * @returns {HTMLElement}
 */
function createRow(one) {
  return el(
    "tr",
    { "data-row": one.id, onclick: (/** @type {Event} */ event) => onRow(event, one.id) },
    el("th", { scope: "row" }, el("a", { class: "number", href: `/desk/tokens/${one.id}`, tabindex: "-1" }, one.number)),
    el("td", {}, el("span", { class: "row tight" })),
    el("td", { class: "nowrap" }),
    el("td", { class: "nowrap amount" }),
  );
}

/**
 * @param {HTMLElement} element
 * @param {Row} one
 */
function updateRow(element, one) {
  setAttribute(element, "aria-selected", one.id === chosen ? "true" : null);
  const [, state, room, time] = /** @type {HTMLElement[]} */ ([...element.children]);
  if (!state || !room || !time) return;
  const wanted = `${one.state} ${one.priority} ${one.is_here}`;
  if (element.dataset.shown !== wanted) {
    element.dataset.shown = wanted;
    const isAway = one.state === "waiting" && !one.is_here;
    const badge = isAway
      ? el("span", { class: "badge" }, icon("later"), text("not_here"))
      : el("span", { class: "badge", "data-state": one.state }, icon(one.state), text(one.state));
    const priority = one.priority === "normal" ? null : el("span", { class: "badge", "data-priority": one.priority, title: text(one.priority) }, icon(one.priority), text(one.priority));
    find(".row", state).replaceChildren(badge, ...(priority ? [priority] : []));
  }
  const names = one.room ? view?.room_names[one.room] : undefined;
  // The column's head says that it is a room; in a narrow list "Room 12" would be cut to "Room…".
  setText(room, textIn(names) || (one.room ?? ""));
  setAttribute(room, "title", one.room ? roomWords(one.room, names) : null);
  const isDone = view?.completed.includes(one);
  setText(time, one.at ? (isDone ? clock(one.at) : elapsed(line.serverNow().getTime() - Date.parse(one.at))) : "");
}

/**
 * @param {Event} event
 * @param {number} id
 */
function onRow(event, id) {
  event.preventDefault();
  choose(id);
  void panel.open(id);
}

/** @param {number} id */
function choose(id) {
  chosen = id;
  for (const name of LISTS) if (rows(name).some((one) => one.id === id)) list = name;
  show();
  find(`[data-list=${list}]`).querySelector(`[data-row="${id}"]`)?.scrollIntoView({ block: "nearest" });
}

/** @param {number} step */
function move(step) {
  const shown = rows(list);
  const place = shown.findIndex((one) => one.id === chosen);
  const next = shown[place < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, place + step))];
  if (next) {
    choose(next.id);
    void panel.open(next.id, 180);
  }
}

/** @param {ListName} other */
function changeList(other) {
  list = other;
  chosen = null;
  move(0);
}

/** A slip that was scanned opens its token; a code that is none of ours says so. @param {string} code */
async function openScanned(code) {
  const key = slipKey(code);
  try {
    if (!key) throw new PostError("unknown_token", "");
    /** @type {import("../shared/slip-views.js").FoundSlip} */
    const slip = await post("/desk/scan", { key });
    if (!slip.is_today) note("scan", text("scan_old", { number: slip.number, day: slip.day }), { icon: "warning" });
    choose(slip.id);
    void panel.open(slip.id);
  } catch (error) {
    const known = error instanceof PostError && error.code === "unreachable" ? "unreachable" : "scan_unknown";
    note("scan", text(known), { icon: "warning" });
  }
}

/** @type {Record<string, () => void>} */
const KEYS = {
  n: openNew,
  "/": () => find("#search").focus(),
  d: () => /** @type {HTMLElement} */ (find("[data-go=d]")).click(),
  "?": () => /** @type {HTMLDialogElement} */ (find("#keys-dialog")).showModal(),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  ArrowLeft: () => changeList("active"),
  ArrowRight: () => changeList("completed"),
  Escape: () => {
    chosen = null;
    panel.close();
    show();
  },
};

listenForScans((code) => void openScanned(code), () => document.querySelector("dialog[open]") === null);
listenForKeys((key) => {
  const pressed = KEYS[key];
  if (pressed) pressed();
  else if (key === "Enter" && chosen !== null) panel.focus();
  else return panel.press(key);
  return true;
});

prepareNew((issued) => {
  note("issued", text("issued", { number: issued.number }), { icon: "check" });
  choose(issued.id);
  void panel.open(issued.id);
});
find("#keys-button").hidden = false;
find("#keys-button").addEventListener("click", () => KEYS["?"]?.());
for (const kind of ["department", "doctor", "state"]) filter(kind).addEventListener("change", show);
find(".desk-search").addEventListener("submit", (event) => {
  event.preventDefault();
  void panel.find(/** @type {HTMLInputElement} */ (find("#search")).value);
});
panel.onChoose = (/** @type {number} */ id) => {
  choose(id);
  void panel.open(id);
};
setInterval(show, 15_000);
