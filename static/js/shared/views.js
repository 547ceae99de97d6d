/* What the server sends. Written by scripts/views from queue_server/live/view_types.py; no code, only types. */

/**
 * A wait as everybody is told it: the key of a sentence, what stands in it, the likely minutes in steps of five.
 *
 * `late` is there, and true, when somebody with this wait may be called only after closing time.
 *
 * @typedef {object} WaitView
 * @property {string} words
 * @property {Record<string, number | string>} values
 * @property {number} minutes
 * @property {boolean} [late]
 */

/**
 * One token on a phone.
 *
 * While it waits, so many people are `ahead`; `calls` counts its calls, recalls included; `language` is the one in
 * which the token speaks. `now_serving` are the numbers called last, while the patient watches them; `papers` counts
 * the documents, if there are any.
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
 * @property {number} [papers]
 */

/**
 * A department in a list.
 *
 * @typedef {object} NamedDepartment
 * @property {string} code
 * @property {string} prefix
 * @property {Record<string, string>} names
 * @property {string} icon
 * @property {string} colour
 * @property {boolean} is_open
 */

/**
 * One patient for staff; `id` is the token's, `for_doctor` the name of the only doctor who is given this one.
 *
 * @typedef {object} EntryView
 * @property {number} id
 * @property {string} number
 * @property {"waiting" | "called" | "serving" | "held" | "missed" | "attended" | "expired" | "cancelled" | "transferred"} state
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
 * @property {WaitView | null} wait
 */

/**
 * Who has the room: on_duty, on_break, expected or off_duty.
 *
 * @typedef {object} DutyView
 * @property {"expected" | "on_duty" | "on_break" | "off_duty"} state
 * @property {string} doctor
 * @property {number} doctor_id
 * @property {string | null} reason
 * @property {string | null} back_at
 */

/**
 * The last action in the room, which can be taken back until then.
 *
 * @typedef {object} UndoView
 * @property {string} action
 * @property {string} number
 * @property {string} until_at
 */

/**
 * A doctor's console. `waiting` stands in the order of calling; `elsewhere` are in the department's other rooms.
 *
 * `next` is the token that "call next" would bring here, and `actions` what may be done with an entry in each state.
 *
 * @typedef {object} RoomView
 * @property {string} room
 * @property {NamedDepartment} department
 * @property {DutyView | null} duty
 * @property {EntryView | null} current
 * @property {EntryView[]} waiting
 * @property {EntryView[]} held
 * @property {EntryView[]} missed
 * @property {EntryView[]} elsewhere
 * @property {number | null} next
 * @property {Record<string, string[]>} actions
 * @property {UndoView | null} undo
 * @property {NamedDepartment[]} departments
 * @property {string[]} rooms
 * @property {boolean} clock_wrong
 */

/**
 * What is said in one language.
 *
 * @typedef {object} SpokenView
 * @property {string} language
 * @property {string} text
 */

/**
 * One call on a display; `say` is empty once it is too old to be announced.
 *
 * @typedef {object} CallView
 * @property {number} call_id
 * @property {string} number
 * @property {string} room
 * @property {string} department
 * @property {string} at
 * @property {boolean} is_recall
 * @property {SpokenView[]} say
 */

/**
 * What goes on in a department: how many wait, and the `wait` of somebody who would join now.
 *
 * `why` it is closed, if it is, and when it opens; `is_closing` when a newcomer may be called only after closing time.
 *
 * @typedef {object} DepartmentView
 * @property {string} code
 * @property {string} prefix
 * @property {Record<string, string>} names
 * @property {string} icon
 * @property {string} colour
 * @property {boolean} is_open
 * @property {string | null} why
 * @property {string | null} opens_at
 * @property {number} waiting
 * @property {WaitView | null} wait
 * @property {boolean} is_closing
 */

/**
 * A doctor's duty on a display; `serving` is the number in the room.
 *
 * @typedef {object} DoctorView
 * @property {string} doctor
 * @property {string} room
 * @property {string} department
 * @property {"expected" | "on_duty" | "on_break" | "off_duty"} state
 * @property {string | null} reason
 * @property {string | null} back_at
 * @property {string | null} serving
 */

/**
 * A display. `calls` holds the recent ones, newest last; `volume` goes from 0 to 100; `notices` are by language.
 *
 * @typedef {object} BoardView
 * @property {string} board
 * @property {string} clinic
 * @property {string[]} languages
 * @property {string} time_zone
 * @property {string} layout
 * @property {number} volume
 * @property {Record<string, string>} notices
 * @property {CallView[]} calls
 * @property {Record<string, number>} waiting
 * @property {DepartmentView[]} departments
 * @property {DoctorView[]} doctors
 * @property {boolean} clock_wrong
 */

export {};
