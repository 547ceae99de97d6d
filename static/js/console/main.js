/** The console of one room: the line to the server, the buttons, and what they do. */
import { find, setAttribute, setText } from "../shared/dom.js";
import { LastList } from "../shared/last-list.js";
import { connect } from "../shared/live.js";
import { pageData, text } from "../shared/texts.js";
import { ask, askCancel, askOff, askSeen, askTransfer, prepareDialogs } from "./dialogs.js";
import { askBreak, prepareBreak, showDuty } from "./duty.js";
import { listenForFiles, openHistory } from "./history.js";
import { listenForKeys } from "./keys.js";
import { Lists, LISTS, showElsewhere } from "./lists.js";
import { note } from "../shared/notes.js";
import { showPatient, tickPatient } from "./patient.js";
import { Presses } from "../shared/presses.js";
import { roomWords } from "../shared/rooms.js";
import { isPossible, mayAct, nextFor, primaryAction } from "./rules.js";
import { listenForSlips } from "./scanning.js";
import { strip } from "../shared/strip.js";
import { showUndo } from "./undo.js";
import { placeReason } from "./words.js";
import { Writing } from "./writing.js";

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").RoomView} RoomView
 * @typedef {import("./types.js").Me} Me
 */

const room = find("#console").dataset.room ?? "";
const here = `/doctor/${encodeURIComponent(room)}`;
/** @type {Me} */
const me = pageData().me;
/** The letters of the present patient's buttons. @type {Record<string, string>} */
const LETTERS = { b: "start", r: "recall", s: "miss", a: "attend", h: "hold", t: "transfer", c: "cancel", v: "history" };

/** @type {RoomView | null} */
let view = null;

const lastList = new LastList({ rows: listed, now: () => line.serverNow(), sheet: `${here}/afterwards` });
const line = connect(`/ws/room/${encodeURIComponent(room)}`, {
  ...lastList.beside(strip),
  onView: show,
  onError: ({ message, isFinal }) => {
    if (isFinal) note("line", text("line_ended", { message }), { icon: "warning", stays: true });
  },
});
const presses = new Presses({ isAway: () => line.isStale(), onChange: showButtons });
const lists = new Lists({ me, now: () => line.serverNow(), onAct: actOn });
const writing = new Writing({ me, now: () => line.serverNow() });
/** The letters that open the writing panel. @type {Record<string, "prescription" | "certificate">} */
const PAPERS = { p: "prescription", f: "certificate" };

prepareDialogs();
prepareBreak(() => line.serverNow());
listenForSlips(`${here}/scan`, (id) => lists.reveal(id));
listenForKeys(pressKey);
listenForFiles(here, () => (view?.current && mayAct(view, me) ? view.current : null));
for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => pressButton(/** @type {HTMLElement} */ (button).dataset.act ?? ""));
}
find("#take-break").addEventListener("click", takeBreak);
find("#go-off").addEventListener("click", goOff);
for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => write(/** @type {any} */ (/** @type {HTMLElement} */ (button).dataset.open)));
}
find("#show-help").addEventListener("click", () => void ask("help-dialog"));
setInterval(tick, 200);
localStorage.setItem("console-room", room);

/** @param {RoomView} newView */
function show(newView) {
  announce(view, newView);
  view = newView;
  showPatient(view);
  lists.show(view);
  showElsewhere(view);
  writing.show(view);
  showClock(view);
  showButtons();
  tick();
  document.title = [view.current?.number, pageData().title].filter(Boolean).join(" · ");
}

/** Everybody in this room and in the department's queue, as a list to read or print. */
function listed() {
  const present = view?.current ? [view.current] : [];
  const others = view ? [...view.waiting, ...view.not_here, ...view.held, ...view.missed] : [];
  return [...present, ...others].map(({ number, state, priority, is_here, called_at: called, joined_at: joined }) => ({ number, state, priority, is_here, at: called ?? joined }));
}

function tick() {
  if (!view) return;
  const now = line.serverNow();
  tickPatient(view, now);
  showDuty(view, me, now);
  showUndo(view, now, mayAct(view, me));
  lists.tick();
}

/**
 * @param {RoomView | null} before
 * @param {RoomView} after
 */
function announce(before, after) {
  if (!before) return;
  const { current } = after;
  const isNew = current?.state === "called" && (current.id !== before.current?.id || current.calls !== before.current.calls);
  if (current && isNew) setText(find("#announcer"), text("announce_called", { number: current.number, place: roomWords(room, after.room_names[room]) }));
  else if (!current && before.current) setText(find("#announcer"), text("announce_empty"));
}

/** @param {RoomView} shown */
function showClock(shown) {
  const warning = find("#clock-wrong");
  warning.hidden = !shown.clock_wrong;
  if (shown.clock_wrong) setText(warning.querySelector("p"), text("clock_wrong"));
}

function showButtons() {
  if (!view) return;
  const isAllowed = mayAct(view, me);
  for (const button of find("#secondary").querySelectorAll("button")) {
    const action = button.dataset.act ?? "";
    setAttribute(button, "aria-disabled", isAllowed && isPossible(view, view.current, action) ? null : "true");
    setAttribute(button, "aria-busy", presses.isPressed(action) ? "true" : null);
  }
  find("#secondary").hidden = !isAllowed;
  find("#write-actions").hidden = me.role !== "doctor";
  find(".undo-place").hidden = !isAllowed;
  setAttribute(find("#undo"), "aria-busy", presses.isPressed("undo") ? "true" : null);
  showPrimary(view);
}

/** @param {RoomView} shown */
function showPrimary(shown) {
  const button = find("#primary");
  const action = primaryAction(shown, me);
  const following = nextFor(shown);
  const nextWords = following ? text("next_is", { number: following.number, reason: placeReason(following) }) : text(shown.current ? "nobody_else_waits" : "nobody_waits");
  /** @type {Record<typeof action, [string, string]>} */
  const words = {
    take: [text("take_room"), text("take_room_hint")],
    back: [text("come_back"), text("come_back_hint")],
    next: [text(shown.current ? (following ? "finish_and_call" : "finish") : "call_next"), nextWords],
    none: mayAct(shown, me) ? [text("call_next"), nextWords] : [text("watching"), ""],
  };
  const [label, hint] = words[action];
  setText(find("#primary-label"), label);
  setText(find("#primary-note"), hint);
  setAttribute(button, "aria-disabled", action === "none" ? "true" : null);
  setAttribute(button, "aria-busy", presses.isPressed("next") ? "true" : null);
}

/**
 * @param {string} key
 * @returns {boolean}  whether the key meant something
 */
function pressKey(key) {
  const letter = LETTERS[key];
  const paper = PAPERS[key];
  const list = LISTS[Number(key) - 1];
  if (key === "n") pressButton("primary");
  else if (key === "u") pressButton("undo");
  else if (letter) pressButton(letter);
  else if (paper) write(paper);
  else if (key === "?") void ask("help-dialog");
  else if (key === "l") /** @type {HTMLElement} */ (find("#lock-now")).click();
  else if (list) lists.open(list);
  else if (key === "ArrowDown" || key === "ArrowUp") lists.step(key === "ArrowDown" ? 1 : -1);
  else if (key === "Escape") leaveList();
  else return false;
  return true;
}

/** @param {"prescription" | "certificate"} kind */
function write(kind) {
  if (me.role === "doctor") void writing.press(kind);
}

function leaveList() {
  lists.leave();
  find("#primary").focus();
}

/** @param {string} action */
function pressButton(action) {
  if (!view) return;
  if (action === "primary") void pressPrimary(view);
  else if (action === "undo") {
    if (!find("#undo").hidden) void presses.press("undo", `${here}/undo`);
  } else if (view.current && mayAct(view, me) && isPossible(view, view.current, action)) actOn(action, view.current);
}

/** @param {RoomView} shown */
async function pressPrimary(shown) {
  const action = primaryAction(shown, me);
  if (action === "next") await callAfter(shown.current, "next", {});
  else if (action !== "none") void presses.press("duty", `${here}/duty`, { state: "on_duty", reason: null, back_at: null });
}

/**
 * Whether whoever is in the room came; asked where neither a beginning nor a paper tells it.
 *
 * @param {Entry | null} present
 * @returns {Promise<boolean | null>}  null when the question was closed
 */
async function hasBeenSeen(present) {
  return present?.state === "called" && !writing.hasSignedFor(present.id) ? askSeen(present) : true;
}

/**
 * Call somebody; a patient who was called before and not begun with is asked about first.
 *
 * @param {Entry | null} present
 * @param {"next" | "call"} name
 * @param {Record<string, unknown>} body
 */
async function callAfter(present, name, body) {
  if (presses.isBusy || presses.isPressed(name)) return;
  const wasSeen = await hasBeenSeen(present);
  if (wasSeen === null) return;
  await presses.press(name, `${here}/${name}`, { ...body, expected: present?.id ?? null, was_seen: wasSeen });
}

/**
 * @param {string} action
 * @param {Entry} entry
 */
async function actOn(action, entry) {
  if (action === "history") return openHistory(entry);
  if (!view || presses.isBusy) return;
  const token = `${here}/tokens/${entry.id}`;
  if (action === "call") {
    await callAfter(view.current, "call", { token: entry.id });
  } else if (action === "transfer") {
    const wanted = await askTransfer(entry, view);
    if (wanted) await presses.press("transfer", `${token}/transfer`, wanted);
  } else if (action !== "cancel" || (await askCancel(entry))) {
    await presses.press(action, `${token}/${action}`);
  }
}

async function takeBreak() {
  const wanted = await askBreak();
  if (wanted) await presses.press("duty", `${here}/duty`, wanted);
}

async function goOff() {
  const present = view?.current ?? null;
  if (!(await askOff(present))) return;
  const wasSeen = await hasBeenSeen(present);
  if (wasSeen === null) return;
  const end = wasSeen ? "attend" : "miss";
  const isEmpty = !present || (await presses.press(end, `${here}/tokens/${present.id}/${end}`));
  if (isEmpty) await presses.press("duty", `${here}/duty`, { state: "off_duty", reason: null, back_at: null });
}
