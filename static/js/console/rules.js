/** What may be done with whom, as the server says, so that a button that cannot work looks so. */

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").RoomView} RoomView
 * @typedef {import("./types.js").Me} Me
 */

/**
 * @param {RoomView} view
 * @param {Entry | null} entry
 * @param {string} action  one of the server's
 * @returns {boolean}
 */
export function isPossible(view, entry, action) {
  if (entry === null || (action === "call" && !entry.is_here) || (action === "arrive" && entry.is_here)) return false;
  return (view.actions[entry.state] ?? []).includes(action);
}

/**
 * Whether somebody is in this room: on duty or on a break.
 *
 * @param {RoomView} view
 * @returns {boolean}
 */
export function isTaken(view) {
  return view.duty !== null && (view.duty.state === "on_duty" || view.duty.state === "on_break");
}

/**
 * Whether this doctor is in this room.
 *
 * @param {RoomView} view
 * @param {Me} me
 * @returns {boolean}
 */
export function isMine(view, me) {
  return isTaken(view) && view.duty?.doctor_id === me.id;
}

/**
 * Whether the buttons work for this person: in one's own room, and for an administrator everywhere.
 *
 * @param {RoomView} view
 * @param {Me} me
 * @returns {boolean}
 */
export function mayAct(view, me) {
  return isMine(view, me) || (me.role === "admin" && isTaken(view));
}

/**
 * Whom "call next" would bring here.
 *
 * @param {RoomView} view
 * @returns {Entry | null}
 */
export function nextFor(view) {
  return view.waiting.find((entry) => entry.id === view.next) ?? null;
}

/**
 * What the big button does now; `none` when there is nothing to do.
 *
 * @param {RoomView} view
 * @param {Me} me
 * @returns {"take" | "back" | "next" | "none"}
 */
export function primaryAction(view, me) {
  if (!mayAct(view, me)) return isTaken(view) ? "none" : "take";
  if (view.duty?.state === "on_break") return "back";
  return view.current || nextFor(view) ? "next" : "none";
}
