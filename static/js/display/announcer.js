/**
 * Which call is announced now, which ones wait for it, and which are only shown. Pure: every function takes a state and
 * gives the next one.
 *
 * A display must neither lose a call nor say it twice, whatever happens between it and the server. So it does not
 * trust that ids come in order: two rooms that call in the same instant may be seen one after the other, the higher id
 * first, and a server restored from a backup counts from lower ids again. The display remembers each recent call by
 * its id *and* its time, and announces whatever it does not know and what is younger than two minutes:
 *
 * - after a gap, a reload or a power cut it announces what it missed, in the order of the ids, and only shows what is older;
 * - a call counts as announced from the moment its chime begins, so a reload in the middle does not repeat it. It is
 *   shown at once and its chime begins a moment later: calls of the same instant that come into view one after the
 *   other, the later one first, are still announced in the order of their ids;
 * - a display that remembers nothing (its first start) announces only calls younger than fifteen seconds: it cannot
 *   know what another screen has announced before it was hung up;
 * - a call that vanishes from the view while it is young was undone: it is not announced, and cut short if it has begun.
 */

/** A call that was missed is announced while it is younger than this. */
export const ANNOUNCED_WITHIN_MS = 120_000;

/** The same for a display that remembers nothing. */
export const FIRST_START_WITHIN_MS = 15_000;

/** With so many calls behind it, an announcement is kept short: the last of them must be heard in time as well. */
const HURRIED_FROM = 5;

const RECENT = 4;
const RECENT_IN_A_CROWD = 8;
const CROWD_WITHIN_MS = 60_000;
const MOST_MARKS = 200;

/**
 * @typedef {import("../shared/views.js").CallView} Call
 *
 * @typedef {object} State
 * @property {readonly Call[]} calls           what the newest view has, oldest first
 * @property {readonly string[] | null} done   marks of the recent calls that need no announcement any more; null until the
 *                                             first view of a display that remembers nothing
 * @property {readonly Call[]} queue           to be announced, in this order
 * @property {Call | null} current             being announced
 * @property {boolean} hasBegun                whether its chime has begun; until then an earlier call may take its place
 *
 * @typedef {{hero: Call | null, recent: {call: Call, isPending: boolean}[]}} Shown
 */

/**
 * The state of a display that has just been started.
 *
 * @param {readonly string[] | null} done  what `done` was before, null when nothing is remembered
 * @returns {State}
 */
export function begin(done) {
  return { calls: [], done, queue: [], current: null, hasBegun: false };
}

/**
 * A view has arrived.
 *
 * @param {State} state
 * @param {readonly Call[]} calls  all that the view has, in any order
 * @param {number} now             milliseconds, by the server's clock
 * @returns {State}  `current` is null when it was undone meanwhile
 */
export function receive(state, calls, now) {
  const shown = [...calls].sort((a, b) => a.call_id - b.call_id);
  const present = new Set(shown.map(mark));
  const { current, hasBegun } = state;
  const done = new Set(state.done);
  const waiting = new Set((current && !hasBegun ? [current, ...state.queue] : state.queue).map(mark));
  const within = state.done === null ? FIRST_START_WITHIN_MS : ANNOUNCED_WITHIN_MS;
  const isNew = (/** @type {Call} */ call) => !done.has(mark(call)) && !waiting.has(mark(call));
  const isDue = (/** @type {Call} */ call) => age(call.at, now) < within;
  const passedOver = shown.filter((call) => isNew(call) && !isDue(call));
  const queue = shown.filter((call) => waiting.has(mark(call)) || (isNew(call) && isDue(call)));
  const next = { ...state, calls: shown, queue, done: pruned([...done, ...passedOver.map(mark)], present, now) };
  if (current === null) return next;
  if (!hasBegun) return { ...next, current: queue[0] ?? null, queue: queue.slice(1) };
  // A call leaves the view by its age as well; one that is gone while it is young was undone.
  const isUndone = !present.has(mark(current)) && age(current.at, now) < ANNOUNCED_WITHIN_MS;
  return isUndone ? { ...next, current: null, hasBegun: false } : next;
}

/**
 * The present announcement is over, or there was none: the next one comes up, if any is still young enough.
 *
 * @param {State} state
 * @param {number} now
 * @returns {State}
 */
export function next(state, now) {
  const isDue = (/** @type {Call} */ call) => age(call.at, now) < ANNOUNCED_WITHIN_MS;
  const tooLate = state.queue.filter((call) => !isDue(call));
  const [current = null, ...queue] = state.queue.filter(isDue);
  return { ...state, done: [...(state.done ?? []), ...tooLate.map(mark)], queue, current, hasBegun: false };
}

/**
 * The chime of the present call begins: it counts as announced.
 *
 * @param {State} state
 * @returns {State}
 */
export function begun(state) {
  if (state.current === null || state.hasBegun) return state;
  return { ...state, done: [...(state.done ?? []), mark(state.current)], hasBegun: true };
}

/**
 * Whether the present announcement should be short.
 *
 * @param {State} state
 * @returns {boolean}
 */
export function isHurried(state) {
  return state.queue.length >= HURRIED_FROM;
}

/**
 * The highest call_id that needs no announcement any more; 0 when there is none.
 *
 * @param {State} state
 * @returns {number}
 */
export function lastCall(state) {
  return Math.max(0, ...(state.done ?? []).map((name) => Number.parseInt(name, 10)));
}

/**
 * What the display shows: the call that is being announced, else the newest one, and others beside it: those that are to be
 * announced next, then the past ones, newest first. A number appears once, with its newest room. In a crowd there are up
 * to eight others, so that nobody's room has gone from the screen before they could read it.
 *
 * @param {State} state
 * @param {number} now
 * @returns {Shown}
 */
export function shown(state, now) {
  const newestFirst = [...state.calls].reverse();
  const hero = state.current ?? newestFirst[0] ?? null;
  const numbers = new Set(hero ? [hero.number] : []);
  const others = newestFirst.filter((call) => !numbers.has(call.number) && numbers.add(call.number));
  const queued = new Set(state.queue.map(mark));
  const pending = others.filter((call) => queued.has(mark(call))).reverse();
  const past = others.filter((call) => !queued.has(mark(call)));
  const young = past.filter((call) => age(call.at, now) < CROWD_WITHIN_MS);
  const most = Math.min(RECENT_IN_A_CROWD, Math.max(RECENT, pending.length + young.length));
  const recent = [...pending, ...past].slice(0, most);
  return { hero, recent: recent.map((call) => ({ call, isPending: queued.has(mark(call)) })) };
}

/**
 * What a call is remembered by.
 *
 * @param {Call} call
 * @returns {string}
 */
export function mark(call) {
  return `${call.call_id}@${call.at}`;
}

/**
 * @param {string} at
 * @param {number} now
 * @returns {number}  milliseconds; negative when the clock was set back
 */
function age(at, now) {
  return now - Date.parse(at);
}

/**
 * Only calls in the view or younger than two minutes can come again, so only these are kept in mind.
 *
 * @param {string[]} marks
 * @param {ReadonlySet<string>} present
 * @param {number} now
 * @returns {string[]}
 */
function pruned(marks, present, now) {
  const at = (/** @type {string} */ name) => name.slice(name.indexOf("@") + 1);
  return marks
    .filter((name) => present.has(name) || Math.abs(age(at(name), now)) < ANNOUNCED_WITHIN_MS)
    .slice(-MOST_MARKS);
}
