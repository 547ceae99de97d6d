/**
 * What the server shows of a room, and who looks at it.
 *
 * @typedef {import("../shared/views.js").EntryView} Entry
 * @typedef {import("../shared/views.js").DutyView} Duty
 * @typedef {import("../shared/views.js").NamedDepartment} Department
 * @typedef {import("../shared/views.js").RoomView} RoomView
 *
 * @typedef {object} Me
 * @property {number} id
 * @property {string} name
 * @property {"doctor" | "admin"} role
 */

export {};
