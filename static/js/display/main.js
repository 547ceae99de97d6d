/** The display of a waiting room: keeps in step with the server, and has each call announced once. */
import { find, setAttribute, setText } from "../shared/dom.js";
import { clock } from "../shared/format.js";
import { connect } from "../shared/live.js";
import { keepShell } from "../shared/shell.js";
import { pageData } from "../shared/texts.js";
import { begin, begun, isHurried, lastCall, next, receive, shown } from "./announcer.js";
import { keepAwake } from "./awake.js";
import { drawCalls } from "./calls.js";
import { drawDepartments } from "./departments.js";
import { recall, remember } from "./memory.js";
import { Player, maySound } from "./player.js";
import { reloadIfNewer, reloadOnceServed } from "./renewal.js";
import { showInEach, spoken, word } from "./words.js";

/** @typedef {import("../shared/views.js").BoardView} Board */

const TURN_S = 8;
/** Between showing a call and its chime: so long one call may come into view after a later one of the same instant. */
const SETTLING_MS = 250;
const RETRY_AFTER_FINAL_MS = 30_000;
/** Displays are few and near their server, and people stand before them: they come back within a second. */
const LONGEST_DELAY_MS = 800;

const { board: name, time_zone: timeZone, version } = pageData();
const player = new Player(/** @type {HTMLAudioElement} */ (find("#chime")), showSoundBadge);

/** @type {Board | null} */
let board = null;
let state = begin(recall(name));
let seconds = 0;
/** of the call that is being announced @type {AbortController | null} */
let announcement = null;

const live = connect(() => `/ws/board/${encodeURIComponent(name)}?after_call=${lastCall(state)}`, {
  longestDelay: LONGEST_DELAY_MS,
  onView,
  onStale: (since) => showNotLive((language) => word(language, "not_live", { time: clock(since) })),
  onFetching: (seconds) => showNotLive((language) => word(language, "fetching", { seconds })),
  onFresh: () => {
    find("#not-live").hidden = true;
    void reloadIfNewer(version, () => state.current === null);
  },
  onError: ({ isFinal }) => {
    if (!isFinal) return;
    showNotLive((language) => word(language, "not_set_up"));
    void reloadOnceServed(RETRY_AFTER_FINAL_MS);
  },
});

/** @param {Board} data */
function onView(data) {
  const hadBegun = state.hasBegun;
  board = data;
  state = receive(state, data.calls, now());
  if (hadBegun && state.current === null) announcement?.abort();
  if (announcement === null && state.queue.length > 0) advance();
  else show();
}

/** The present announcement is over, or there was none: the next one comes up, if there is one. */
function advance() {
  state = next(state, now());
  show();
  if (state.current) void announce();
}

/** Announce the present call, which may give way to an earlier one until its chime begins. */
async function announce() {
  announcement = new AbortController();
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
  const call = state.current;
  if (call) {
    state = begun(state);
    show();
    tell("announced", call);
    await player.announce(isHurried(state) ? call.say.slice(0, 1) : call.say, announcement.signal);
    tell("announcement-over", call);
  }
  announcement = null;
  advance();
}

function show() {
  remember(name, lastCall(state), state.done ?? []);
  draw();
}

/**
 * For whoever watches over the display: `announced` when a call's chime begins, `announcement-over` when its last word is said.
 *
 * @param {"announced" | "announcement-over"} event
 * @param {import("./announcer.js").Call} call
 */
function tell(event, call) {
  if (event === "announced") document.body.dataset.announced = String(call.call_id);
  dispatchEvent(new CustomEvent(event, { detail: { call_id: call.call_id, number: call.number, room: call.room } }));
}

function draw() {
  if (!board) return;
  const languages = spoken(board.languages);
  const departments = new Map(board.departments.map((department) => [department.code, department]));
  showTime();
  setText(find("#clinic"), board.clinic);
  setText(find("#welcome-clinic"), board.clinic);
  setAttribute(document.body, "data-empty", board.calls.length === 0);
  showInEach(find("#welcome-words"), languages, (language) => word(language, "welcome"));
  find("#clock-wrong").hidden = !board.clock_wrong;
  setAttribute(document.body, "data-layout", board.layout);
  player.volume = board.volume / 100;
  drawNotice(board.notices, languages);
  drawCalls(shown(state, now()), state.current, { languages, departments });
  drawDepartments(board.departments, board.doctors, languages, Math.floor(seconds / TURN_S));
}

/**
 * @param {Record<string, string>} notices
 * @param {readonly string[]} languages
 */
function drawNotice(notices, languages) {
  const told = languages.filter((language) => notices[language]);
  find("#notice").hidden = told.length === 0;
  showInEach(find("#notice .words"), told, (language) => notices[language] ?? "");
}

/** @param {(language: string) => string} words */
function showNotLive(words) {
  showInEach(find("[data-not-live]"), spoken(board?.languages ?? [document.documentElement.lang]), words);
  find("#not-live").hidden = false;
}

/** @param {boolean} isBlocked */
function showSoundBadge(isBlocked) {
  document.body.dataset.sound = isBlocked ? "blocked" : "allowed";
  find("#sound").hidden = !isBlocked;
}

/** @returns {number} the server's time in milliseconds */
function now() {
  return live.serverNow().getTime();
}

function tick() {
  seconds += 1;
  showTime();
  if (seconds % TURN_S === 0) draw();
}

function showTime() {
  setText(find("#clock"), clock(live.serverNow(), board?.time_zone ?? timeZone));
}

/** One touch anywhere allows sounds from then on. */
function onTouch() {
  if (!find("#sound").hidden && state.current === null) void player.unlock();
  else showSoundBadge(false);
}

setInterval(tick, 1000);
addEventListener("pointerdown", onTouch);
addEventListener("keydown", onTouch);
void maySound().then((isAllowed) => showSoundBadge(!isAllowed));
keepAwake();
void keepShell("/display/");
// A page that was kept while the server was away may be older than the server.
void reloadIfNewer(version, () => state.current === null);
