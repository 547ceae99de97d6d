/** The patient who is in the room, or on the way to it. */
import { find, icon, reconcile, setAttribute, setText } from "../shared/dom.js";
import { text } from "../shared/texts.js";
import { badge, marks, placeReason, stopwatch } from "./words.js";

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").RoomView} RoomView
 */

/** After so long somebody who was called has probably not heard it. */
const NOT_HERE_AFTER_MS = 90_000;

/**
 * Show the present patient of the view, or that nobody is there.
 *
 * @param {RoomView} view
 */
export function showPatient(view) {
  const entry = view.current;
  find("#present").hidden = entry === null;
  find("#present-empty").hidden = entry !== null;
  if (entry) showEntry(entry, view.room_names);
  else showNobody(view);
}

/**
 * Bring the running times up to date.
 *
 * @param {RoomView} view
 * @param {Date} now
 */
export function tickPatient(view, now) {
  const entry = view.current;
  if (!entry) return;
  const isServing = entry.state === "serving";
  const since = (isServing ? entry.started_at : entry.called_at) ?? entry.joined_at;
  const lasted = now.getTime() - Date.parse(since);
  setText(find("#present-timer"), text(isServing ? "serving_since" : "called_since", { time: stopwatch(lasted) }));
  const hint = find("#present-hint");
  hint.hidden = isServing || lasted < NOT_HERE_AFTER_MS;
  if (!hint.hidden) setText(hint, text("not_here_yet"));
}

/**
 * @param {Entry} entry
 * @param {Record<string, Record<string, string>>} rooms  code → names of those that have some
 */
function showEntry(entry, rooms) {
  setText(find("#present-number"), entry.number);
  const state = find("#present-state");
  if (state.dataset.state !== entry.state) {
    setAttribute(state, "data-state", entry.state);
    state.replaceChildren(icon(entry.state), text(`state_${entry.state}`));
  }
  setText(find("#present-place"), placeReason(entry));
  const facts = marks(entry, rooms);
  if (entry.calls > 1) {
    facts.push({ name: "calls", icon: "recall", words: entry.calls === 2 ? text("calls_two") : text("calls_many", { count: entry.calls }) });
  }
  reconcile(find("#present-facts"), facts, (fact) => `${fact.name} ${fact.words}`, (fact) => {
    const item = document.createElement("li");
    item.append(badge(fact));
    return item;
  });
}

/** @param {RoomView} view */
function showNobody(view) {
  const waiting = view.waiting.length;
  setText(find("#empty-title"), text("empty_room"));
  setText(find("#empty-note"), waiting ? text("empty_room_waiting", { count: waiting }) : text("all_done"));
}
