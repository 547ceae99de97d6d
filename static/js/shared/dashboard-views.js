/* What the server sends. Written by scripts/views from queue_server/live; no code, only types. */

/**
 * A `Trouble` as screens are sent it; `name` is the device's, empty where it is none.
 *
 * @typedef {object} TroubleView
 * @property {"clock" | "disk" | "paper_out" | "cover_open" | "printer_offline" | "printer_away" | "desk_tasks" | "kiosk_away" | "display_away" | "no_backup" | "backup_old"} kind
 * @property {string} name
 */

/**
 * A department today: how many wait, are called or in a room, were attended, and are missed; since when the one
 * waits who has waited longest, and who that is.
 *
 * @typedef {object} TodayView
 * @property {string} code
 * @property {string} prefix
 * @property {Record<string, string>} names
 * @property {string} icon
 * @property {string} colour
 * @property {boolean} is_open
 * @property {number} waiting
 * @property {number} called
 * @property {number} attended
 * @property {number} missed
 * @property {string | null} longest
 * @property {string | null} since
 */

/**
 * One of those who have waited longest.
 *
 * @typedef {object} DashboardWait
 * @property {number} id
 * @property {string} number
 * @property {string} department
 * @property {string} since
 */

/**
 * A doctor with a duty today; `is_late`: the announced time has passed.
 *
 * @typedef {object} DashboardDoctor
 * @property {string} doctor
 * @property {string} room
 * @property {string} department
 * @property {"expected" | "on_duty" | "on_break" | "off_duty"} state
 * @property {string | null} back_at
 * @property {boolean} is_late
 */

/**
 * A kiosk, display or printer; `printer` is its state, of printers only.
 *
 * @typedef {object} DashboardDevice
 * @property {string} name
 * @property {"kiosk" | "display" | "agent"} kind
 * @property {string | null} printer
 * @property {string | null} seen_at
 * @property {boolean} is_away
 */

/**
 * The clinic today. `longest`: who waits longest, at most five. `refused`: messages of today that were given up.
 *
 * `backup`: none where the server makes none, else when the newest good one was made. `key_copied`: whether the
 * documents' key is known to lie in another place.
 *
 * @typedef {object} DashboardView
 * @property {string} day
 * @property {TodayView[]} departments
 * @property {DashboardWait[]} longest
 * @property {DashboardDoctor[]} doctors
 * @property {DashboardDevice[]} devices
 * @property {TroubleView[]} troubles
 * @property {string | null} backup
 * @property {boolean} has_backups
 * @property {boolean} key_copied
 * @property {number} refused
 */

export {};
