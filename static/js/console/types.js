/**
 * What the server shows of a room.
 *
 * @typedef {import("../shared/format.js").Wait} Wait
 * @typedef {"waiting" | "called" | "serving" | "held" | "missed"} State
 *
 * @typedef {object} Entry  one patient; `id` is the token's
 * @property {number} id
 * @property {string} number
 * @property {State} state
 * @property {string} priority
 * @property {string | null} reason
 * @property {string} joined_at
 * @property {string | null} called_at
 * @property {string | null} started_at
 * @property {string | null} room
 * @property {string | null} came_from
 * @property {string | null} return_to
 * @property {string | null} for_doctor
 * @property {number} calls
 * @property {Wait | null} wait
 *
 * @typedef {object} Duty
 * @property {"expected" | "on_duty" | "on_break" | "off_duty"} state
 * @property {string} doctor
 * @property {number} doctor_id
 * @property {string | null} reason
 * @property {string | null} back_at
 *
 * @typedef {{code: string, names: Record<string, string>}} Department
 *
 * @typedef {object} RoomView
 * @property {string} room
 * @property {Department} department
 * @property {Duty | null} duty
 * @property {Entry | null} current
 * @property {Entry[]} waiting   in the order of calling
 * @property {Entry[]} held
 * @property {Entry[]} missed
 * @property {Entry[]} elsewhere  called to or served in the other rooms of the department
 * @property {{action: string, number: string, until_at: string} | null} undo
 * @property {Department[]} departments
 * @property {string[]} rooms
 * @property {boolean} clock_wrong
 *
 * @typedef {object} Me
 * @property {number} id
 * @property {string} name
 * @property {"doctor" | "admin"} role
 */

export {};
