/* What the server sends. Written by scripts/views from queue_server/live; no code, only types. */
/** @typedef {import("./views.js").WaitView} WaitView */
/** @typedef {import("./views.js").AwayView} AwayView */
/** @typedef {import("./views.js").PlaceView} PlaceView */
/** @typedef {import("./phone-views.js").ArriveView} ArriveView */

/**
 * What a kiosk shows of a slip; `has_papers` when the digits on it open what the doctor wrote.
 *
 * @typedef {object} ScannedSlip
 * @property {string} number
 * @property {"waiting" | "called" | "serving" | "held" | "missed" | "attended" | "expired" | "cancelled" | "transferred"} state
 * @property {string} department
 * @property {number | null} ahead
 * @property {WaitView | null} wait
 * @property {string | null} room
 * @property {string[]} now_serving
 * @property {boolean} can_return
 * @property {number} calls
 * @property {string} language
 * @property {Record<string, string>} [room_names]
 * @property {number} [papers]
 * @property {AwayView} [away]
 * @property {PlaceView} [place]
 * @property {ArriveView} [arrive]
 * @property {boolean} [arrived]
 * @property {Record<string, string>} department_names
 * @property {string} icon
 * @property {string} colour
 * @property {string} clinic
 * @property {string} time_zone
 * @property {number} kept_min
 * @property {boolean} can_give_up
 * @property {boolean} has_papers
 */

/**
 * Whose slip it is, for staff; `id` is the token's, `department` and `room` where it is now.
 *
 * @typedef {object} FoundSlip
 * @property {number} id
 * @property {string} number
 * @property {string} day
 * @property {boolean} is_today
 * @property {string} department
 * @property {"waiting" | "called" | "serving" | "held" | "missed" | "attended" | "expired" | "cancelled" | "transferred"} state
 * @property {string | null} room
 * @property {boolean} is_here
 */

export {};
