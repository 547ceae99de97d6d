/* What the server sends. Written by scripts/views from queue_server/live; no code, only types. */
/** @typedef {import("./views.js").WaitView} WaitView */
/** @typedef {import("./views.js").AwayView} AwayView */
/** @typedef {import("./views.js").PlaceView} PlaceView */

/**
 * Somebody is not here yet: `until` when the place is kept, once the turn has passed; `late` when it was.
 *
 * @typedef {object} ArriveView
 * @property {string | null} until
 * @property {boolean} late
 */

/**
 * One token on a phone.
 *
 * While it waits, so many people are `ahead`; `calls` counts its calls, recalls included; `language` is the one in
 * which the token speaks. `now_serving` are the numbers called last, while the patient watches them; `papers` counts
 * the documents, if there are any. `room_names` (by language) are there when the room has some. While it waits: `away`
 * when nobody calls, `place` unless it goes by arrival. `arrive` until the patient has said to be here, where that is
 * needed, and `arrived` from then on while it waits.
 *
 * @typedef {object} PhoneView
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
 */

export {};
