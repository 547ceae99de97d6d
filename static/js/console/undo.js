/** The last action may be taken back for a few seconds; a ring shows how long. */
import { find, setAttribute, setText } from "../shared/dom.js";
import { text } from "../shared/texts.js";

/** @typedef {import("./types.js").RoomView} RoomView */

const WINDOW_MS = 8000;

/**
 * Show how long the view's last action may still be taken back; the button goes when it may not.
 *
 * @param {RoomView} view
 * @param {Date} now      the server's time
 * @param {boolean} isAllowed
 * @returns {boolean}     whether it may be taken back
 */
export function showUndo(view, now, isAllowed) {
  const left = view.undo && isAllowed ? Date.parse(view.undo.until_at) - now.getTime() : 0;
  const button = find("#undo");
  const isPossible = view.undo !== null && left > 0;
  // The focus must not fall into nothing together with the button.
  if (!isPossible && document.activeElement === button) find("#primary").focus();
  button.hidden = !isPossible;
  if (!isPossible || !view.undo) return false;
  setText(find("#undo-label"), words(view));
  setText(find("#undo-seconds"), Math.ceil(left / 1000));
  const ring = document.querySelector("#undo-ring");
  if (ring) setAttribute(ring, "stroke-dasharray", `${Math.min(100, (left / WINDOW_MS) * 100).toFixed(1)} 100`);
  return true;
}

/**
 * @param {RoomView} view
 * @returns {string}
 */
function words(view) {
  if (!view.undo) return "";
  const { action, number } = view.undo;
  // "Call next" with nobody waiting only finished the patient.
  const isFinish = action === "call" && view.current?.number !== number;
  return text(isFinish ? "undo_finish" : `undo_${action}`, { number });
}
