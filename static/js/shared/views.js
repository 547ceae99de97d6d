/* What the server sends. Written by scripts/views from queue_server/live; no code, only types. */

/**
 * So many minutes of a wait are owed to this reason (`line`, `slow`, `quick`, …), and to so many people.
 *
 * @typedef {object} WhyView
 * @property {string} reason
 * @property {number} minutes
 * @property {number} people
 */

/**
 * A wait as everybody is told it: the key of a sentence, what stands in it, the likely minutes in steps of five.
 *
 * `late` is there, and true, when somebody with this wait may be called only after closing time; `why`, for whoever
 * has a number, the parts that the likely wait was made of.
 *
 * @typedef {object} WaitView
 * @property {string} words
 * @property {Record<string, number | string>} values
 * @property {number} minutes
 * @property {boolean} [late]
 * @property {WhyView[]} [why]
 */

/**
 * Why nobody calls now, and the time that was announced, as screens are sent it.
 *
 * @typedef {object} AwayView
 * @property {"on_break" | "expected" | "late" | "nobody"} why
 * @property {string | null} at
 */

/**
 * An `Explanation` as screens are sent it.
 *
 * @typedef {object} PlaceView
 * @property {"arrival" | "assisted" | "urgent" | "emergency" | "returned" | "late" | "came_back" | "chosen"} reason
 * @property {number} minutes
 * @property {number} people
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
 * `kept_until`: of somebody who is not here and whose turn has passed, until when the place is kept.
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
 * @property {PlaceView} place
 * @property {boolean} is_here
 * @property {string | null} arrived_at
 * @property {string | null} kept_until
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
 * `not_here` have a place in the order and cannot be called yet.
 *
 * `next` is the token that "call next" would bring here, and `actions` what may be done with an entry in each state;
 * "history" opens its patient's records.
 *
 * @typedef {object} RoomView
 * @property {string} room
 * @property {NamedDepartment} department
 * @property {DutyView | null} duty
 * @property {EntryView | null} current
 * @property {EntryView[]} waiting
 * @property {EntryView[]} not_here
 * @property {EntryView[]} held
 * @property {EntryView[]} missed
 * @property {EntryView[]} elsewhere
 * @property {number | null} next
 * @property {Record<string, string[]>} actions
 * @property {UndoView | null} undo
 * @property {NamedDepartment[]} departments
 * @property {string[]} rooms
 * @property {Record<string, Record<string, string>>} room_names
 * @property {boolean} clock_wrong
 */

/**
 * What is said in one language; `words` are the keys of its clips, in their order.
 *
 * @typedef {object} SpokenView
 * @property {string} language
 * @property {string} text
 * @property {string[]} words
 */

/**
 * Somebody wants to hear a display, since this moment.
 *
 * @typedef {object} TrialView
 * @property {string} at
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
 * `why` it is closed, if it is, and when it opens; `is_closing` when a newcomer may be called only after closing time;
 * `away` while nobody calls although it is open. `must_arrive`: numbers taken elsewhere are called once their holders
 * have said that they are here.
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
 * @property {AwayView | null} away
 * @property {boolean} must_arrive
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
 * `voices`: language → where its clips are; `trial`: somebody wants to hear it now. `abha_code`: the counter whose
 * code for ABHA apps it shows, empty for none; `abha_sms`: whoever scans it agrees to an SMS. `here_code`: what
 * a phone asks for to know that it is here, empty where no department of the display wants that.
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
 * @property {Record<string, Record<string, string>>} room_names
 * @property {Record<string, string>} voices
 * @property {TrialView | null} trial
 * @property {string} here_code
 * @property {string} abha_code
 * @property {boolean} abha_sms
 * @property {boolean} clock_wrong
 */

/**
 * A kiosk. `printer` is the state of its printer, "none" without one; `prints` the states of its latest jobs.
 *
 * `reach`: the lower part of its screen in which its buttons have to be, of 1. `abha_code`, `voices`: as of a display.
 *
 * @typedef {object} KioskView
 * @property {string} clinic
 * @property {DepartmentView[]} departments
 * @property {string} printer
 * @property {Record<string, "queued" | "sent" | "printed" | "unconfirmed" | "failed">} prints
 * @property {number} reach
 * @property {string} abha_code
 * @property {Record<string, string>} voices
 * @property {boolean} clock_wrong
 */

/**
 * A slip that was queued at a place; `copy` counts from 1.
 *
 * @typedef {object} SlipView
 * @property {number} id
 * @property {number | null} token
 * @property {string} number
 * @property {string} place
 * @property {number} copy
 * @property {"queued" | "sent" | "printed" | "unconfirmed" | "failed"} state
 * @property {string | null} reason
 * @property {string} at
 */

/**
 * A printer, and when it was last heard of.
 *
 * @typedef {object} PrinterView
 * @property {string} name
 * @property {string} place
 * @property {string} state
 * @property {string | null} at
 */

/**
 * The desk's page of slips and printers; the newest slips first.
 *
 * @typedef {object} DeskSlipsView
 * @property {SlipView[]} prints
 * @property {PrinterView[]} printers
 * @property {DepartmentView[]} departments
 * @property {boolean} clock_wrong
 */

/**
 * A token of today in the desk's lists; `at`: since when it waits, or when it was called or finished.
 *
 * `is_here`: false until whoever has it has arrived, where that is needed.
 *
 * @typedef {object} DeskToken
 * @property {number} id
 * @property {string} number
 * @property {string} department
 * @property {"waiting" | "called" | "serving" | "held" | "missed" | "attended" | "expired" | "cancelled" | "transferred"} state
 * @property {string} priority
 * @property {string | null} room
 * @property {number | null} doctor
 * @property {string | null} at
 * @property {boolean} is_here
 */

/**
 * A department at the desk; `is_closing` when a newcomer may be called only after closing time.
 *
 * @typedef {object} DeskDepartment
 * @property {string} code
 * @property {string} prefix
 * @property {Record<string, string>} names
 * @property {string} icon
 * @property {string} colour
 * @property {boolean} is_open
 * @property {boolean} is_closing
 */

/**
 * A doctor with a duty today.
 *
 * @typedef {object} DeskDoctor
 * @property {number} id
 * @property {string} doctor
 * @property {string | null} room
 * @property {"expected" | "on_duty" | "on_break" | "off_duty"} state
 */

/**
 * A `Trouble` as screens are sent it; `name` is the device's, empty where it is none.
 *
 * @typedef {object} TroubleView
 * @property {"clock" | "disk" | "paper_out" | "cover_open" | "printer_offline" | "printer_away" | "desk_tasks" | "kiosk_away" | "display_away" | "no_backup" | "backup_old"} kind
 * @property {string} name
 */

/**
 * The desk. `completed` has the newest of today's finished tokens, of `completed_count`; `troubles` are all.
 *
 * @typedef {object} DeskView
 * @property {string} day
 * @property {DeskDepartment[]} departments
 * @property {DeskDoctor[]} doctors
 * @property {DeskToken[]} active
 * @property {DeskToken[]} completed
 * @property {number} completed_count
 * @property {TroubleView[]} troubles
 * @property {Record<string, Record<string, string>>} room_names
 * @property {boolean} clock_wrong
 */

/**
 * A patient's open page hears which documents there are, by their ids.
 *
 * @typedef {object} DocumentsView
 * @property {number[]} documents
 */

/**
 * A document for a doctor; `can_remove` when the doctor handed it in and may take it back.
 *
 * @typedef {object} FiledView
 * @property {number} id
 * @property {string} name
 * @property {string} kind
 * @property {number} size
 * @property {boolean} is_damaged
 * @property {boolean} can_remove
 */

/**
 * A past visit for a doctor.
 *
 * @typedef {object} VisitView
 * @property {number} token
 * @property {string} number
 * @property {string} day
 * @property {string[]} departments
 * @property {string[]} doctors
 * @property {string} state
 * @property {FiledView[]} documents
 */

/**
 * Whoever is in the room, as far as the clinic knows.
 *
 * @typedef {object} PresentPatient
 * @property {string} name
 * @property {number} age
 * @property {string} sex
 */

/**
 * What a doctor sees of the patient in the room: documents of this visit, and the visits before it.
 *
 * @typedef {object} RecordsView
 * @property {PresentPatient | null} patient
 * @property {FiledView[]} documents
 * @property {VisitView[]} visits
 */

export {};
