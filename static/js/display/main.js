/** The display of a waiting room: keeps in step with the server, and has each call announced once. */
import { showAbha } from "../shared/abha.js";
import { find, setAttribute, setText } from "../shared/dom.js";
import { clock } from "../shared/format.js";
import { connect } from "../shared/live.js";
import { post } from "../shared/post.js";
import { keepShell } from "../shared/shell.js";
import { pageData } from "../shared/texts.js";
import { begin, begun, isHurried, lastCall, next, receive, shown } from "./announcer.js";
import { keepAwake } from "./awake.js";
import { drawCalls } from "./calls.js";
import { drawWelcome } from "./welcome.js";
import { drawDepartments } from "./departments.js";
import { recall, remember } from "./memory.js";
import { Player } from "./player.js";
import { fitting } from "../shared/fit.js";
import { canSound } from "../shared/sound.js";
import { prepare, useVoices } from "../shared/voice.js";
import { reloadIfNewer, reloadOnceServed } from "./renewal.js";
import { atOnce, showInEach, spoken, word } from "./words.js";

/** @typedef {import("../shared/views.js").BoardView} Board */

const TURN_S = 8;
/** Between showing a call and its chime: so long one call may come into view after a later one of the same instant. */
const SETTLING_MS = 200;
const RETRY_AFTER_FINAL_MS = 30_000;
/** A loudspeaker that is pulled out or put in is seen so soon. */
const SOUND_EVERY_MS = 60_000;
/** Displays are few and near their server, and people stand before them: they come back within a second. */
const LONGEST_DELAY_MS = 800;

const { board: name, time_zone: timeZone, version, chime, trial } = pageData();
const player = new Player(chime, showSounding);

const fitStrip = fitting(find("#not-live"), "#not-live", "[data-not-live]");

/** @type {Board | null} */
let board = null;
let state = begin(recall(name));
let seconds = 0;
/** of what is being said @type {AbortController | null} */
let announcement = null;
/** when somebody last wanted to hear this display, and whether that is still to be done */
let trialAt = "";
let isTrialDue = false;
/** @type {import("../shared/sound.js").Sounding} */
let sounding = "sounds";
let told = "";

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
  useVoices(data.voices);
  void prepare(spoken(data.languages));
  state = receive(state, data.calls, now());
  if (hadBegun && state.current === null) announcement?.abort();
  if (data.trial && data.trial.at !== trialAt) {
    trialAt = data.trial.at;
    isTrialDue = true;
  }
  if (announcement === null && (state.queue.length > 0 || isTrialDue)) advance();
  else show();
}

/** The present announcement is over, or there was none: the next one comes up, if there is one. */
function advance() {
  state = next(state, now());
  show();
  if (state.current) void announce();
  else if (isTrialDue) void tryOut();
}

/** Somebody wants to hear the display. */
async function tryOut() {
  isTrialDue = false;
  announcement = new AbortController();
  await player.announce(spoken(board?.languages ?? []).map((language) => trial[language]), announcement.signal);
  announcement = null;
  told = "";
  tellSound();
  advance();
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
  const turn = turnNow();
  const languages = atOnce(spoken(board.languages), turn);
  const departments = new Map(board.departments.map((department) => [department.code, department]));
  showTime();
  setText(find("#clinic"), board.clinic);
  find("#clinic").style.setProperty("--length", String(board.clinic.length));
  setText(find("#welcome-clinic"), board.clinic);
  setAttribute(document.body, "data-empty", board.calls.length === 0);
  showAbha(board.abha_code);
  drawWelcome(find(".welcome"), board, languages, live.serverNow());
  find("#clock-wrong").hidden = !board.clock_wrong;
  setAttribute(document.body, "data-layout", board.layout);
  player.volume = board.volume / 100;
  tellSound();
  drawNotice(board.notices, languages);
  drawHereCode(board.here_code, languages[turn % languages.length] ?? "en");
  drawCalls(shown(state, now()), state.current, { languages, departments, rooms: board.room_names, turn });
  drawDepartments(board.departments, board.doctors, board.room_names, languages, {
    turn,
    now: live.serverNow(),
    isQuiet: board.calls.length === 0,
  });
}

/**
 * The notice in the display's languages that have one, in their order; where none has, in the one that stands in for them.
 *
 * @param {Record<string, string>} notices
 * @param {readonly string[]} languages
 */
function drawNotice(notices, languages) {
  const written = Object.keys(notices).filter((language) => notices[language]);
  const own = languages.filter((language) => written.includes(language));
  const told = own.length > 0 ? own : written.slice(0, 1);
  find("#notice").hidden = told.length === 0;
  showInEach(find("#notice .words"), told, (language) => notices[language] ?? "");
}

/**
 * The code by which a phone shows that it is in the waiting room, told in one language after the other.
 *
 * @param {string} code  empty for none
 * @param {string} language
 */
function drawHereCode(code, language) {
  const place = find("#here-code");
  place.hidden = !code;
  setText(find("span", place), word(language, "here_code"));
  setAttribute(find("span", place), "lang", language);
  setText(find("b", place), code);
}

/** @param {(language: string) => string} words */
function showNotLive(words) {
  const languages = spoken(board?.languages ?? [document.documentElement.lang]);
  showInEach(find("[data-not-live]"), atOnce(languages, turnNow()), words);
  find("#not-live").hidden = false;
  fitStrip();
}

/** @param {import("../shared/sound.js").Sounding} found */
function showSounding(found) {
  sounding = found;
  document.body.dataset.sound = sounding;
  tellSound();
  for (const badge of document.querySelectorAll("[data-silent]")) {
    setAttribute(badge, "hidden", badge.getAttribute("data-silent") !== sounding);
  }
}

/** The administrator's list of devices says whether this one is heard. */
function tellSound() {
  const sound = player.volume > 0 ? sounding : "silent";
  if (!board || !document.body.dataset.sound || sound === told) return;
  told = sound;
  // Where the server is away or does not want to know, it is told the next time.
  post(`/display/${encodeURIComponent(name)}/sound`, { sound }, { attempts: 1 }).catch(() => (told = ""));
}

async function lookAtSound() {
  if (announcement === null) showSounding(await canSound());
}

/** @returns {number} how many languages have had their turn */
function turnNow() {
  return Math.floor(seconds / TURN_S);
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
  for (const place of ["#clock", "#welcome-clock"]) setText(find(place), clock(live.serverNow(), board?.time_zone ?? timeZone));
}

/** One touch anywhere allows sounds from then on. */
function onTouch() {
  if (document.body.dataset.sound === "sounds") return;
  if (state.current === null) void player.unlock();
  else void canSound().then(showSounding);
}

setInterval(tick, 1000);
setInterval(lookAtSound, SOUND_EVERY_MS);
addEventListener("pointerdown", onTouch);
addEventListener("keydown", onTouch);
void player.prepare();
void lookAtSound();
keepAwake();
void keepShell("/display/");
// A page that was kept while the server was away may be older than the server.
void reloadIfNewer(version, () => state.current === null);
