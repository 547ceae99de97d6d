/**
 * One line to the server that a page can trust for days.
 *
 * A frame is the whole view of a topic, so whatever arrives first after a reconnect is the truth and nothing has
 * to be caught up. The page is *live* while views or beats keep arriving, and *stale* once the line has been quiet
 * for `staleAfter`, whether or not the browser still believes that the socket is open: a cable pulled out of a
 * switch closes nothing. Where no line comes up, the view is *fetched* every few seconds instead (see fetching.js),
 * and the line is tried again each minute. A device that wakes up takes a new line at once.
 */
import { Fetcher } from "./fetching.js";
import { uptime } from "./uptime.js";

/**
 * @typedef {{type: "view", topic: string, rev: number, at: string, data: any}} ViewFrame
 * @typedef {{type: "beat", at: string}} BeatFrame
 * @typedef {{type: "error", code: string, message: string}} ErrorFrame
 * @typedef {{type: "fault", code: string}} FaultFrame  the database takes no changes; see fault.js
 * @typedef {{code: string, message: string, isFinal: boolean}} LiveError
 *
 * @typedef {object} LiveOptions
 * @property {(data: any, frame: ViewFrame) => void} onView  called with every newer view
 * @property {(since: Date) => void} [onStale]   called once when nothing has come for too long; `since` is the server's
 *                                               time of the last sign of life
 * @property {(seconds: number) => void} [onFetching]  called once when the view is fetched so often instead of coming
 *                                               by itself; what is shown is not stale
 * @property {() => void} [onFresh]              called once when the line has brought a view after one of both
 * @property {(error: LiveError) => void} [onError]  what the server said; after a final error nothing more comes
 * @property {number} [staleAfter]               milliseconds of silence, 4500 unless told
 * @property {number} [longestDelay]             milliseconds between attempts to come back, 3000 unless told
 * @property {number} [fetchEvery]               milliseconds between two fetches, 10,000 unless told
 *
 * @typedef {object} Live
 * @property {() => Date} serverNow   the server's clock, as well as the last frames tell it
 * @property {() => boolean} isStale  true while what is shown may be old
 * @property {() => void} reconnect   drops the line and takes a new one at once, with a newly built path
 * @property {() => void} close       ends it for good
 */

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 3000;
/**
 * Without a line, what is shown is believed for so long, and a new one may take so long to bring its first view. It is
 * said within five seconds, the time for drawing included; the server beats every two.
 */
const WITHOUT_LINE_MS = 4500;
/** So many lines in a row that have brought nothing, and the view is fetched. */
const FAILED_LINES = 3;
const FETCH_EVERY_MS = 10_000;
const LINE_EVERY_MS = 60_000;
/** Whoever looks again sees the truth, or that it is not, within so long. */
const WAKING_MS = 3000;
const LOOK_EVERY_MS = 1000;
const LOGIN_RELOAD_PAUSE_MS = 30_000;
const CLOSED_NO_LOGIN = 4401;
const CLOSED_LOCKED = 4423;
const FINAL_CLOSES = new Map([
  [4403, "not_allowed"],
  [4404, "unknown"],
]);

/**
 * Keep a page in step with a topic of the server.
 *
 * @param {string | (() => string)} path  path of the websocket; a function is asked anew at every connection, so that
 *                                        a query such as `after_call` may move on
 * @param {LiveOptions} options
 * @returns {Live}
 */
export function connect(path, options) {
  return new LiveLine(path, options);
}

/** @implements {Live} */
class LiveLine {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {ErrorFrame | null} the reason that the server gave before it closed */
  #said = null;
  /** revision of the newest view on this connection; beats count only after the first one */
  #revision = -1;
  #attempt = 0;
  /** lines in a row that brought no view */
  #failed = 0;
  #isStale = false;
  #isFetching = false;
  #isOver = false;
  /** the screen is locked; there is no line until it is unlocked (see lock.js) */
  #isLocked = false;
  #openedAt = uptime();
  #heardAt = uptime();
  #lookedAt = uptime();
  /** until then what is shown is believed */
  #goodUntil = 0;
  /** server's milliseconds minus this page's */
  #clock = Date.now() - uptime();
  #hasServerClock = false;
  #fetcher = new Fetcher();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #fetchTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #lookTimer;

  /**
   * @param {string | (() => string)} path
   * @param {LiveOptions} options
   */
  constructor(path, options) {
    this.path = path;
    this.options = options;
    this.staleAfter = options.staleAfter ?? WITHOUT_LINE_MS;
    this.longestDelay = options.longestDelay ?? LONGEST_DELAY_MS;
    this.fetchEvery = options.fetchEvery ?? FETCH_EVERY_MS;
    this.patience = Math.min(this.staleAfter, WITHOUT_LINE_MS);
    this.#goodUntil = this.#heardAt + this.patience;
    document.addEventListener("session-unlocked", this.#unlocked);
    document.addEventListener("posted", this.#posted);
    document.addEventListener("visibilitychange", this.#wake);
    addEventListener("online", this.#wake);
    addEventListener("pageshow", this.#wake);
    document.addEventListener("submit", this.#submitted);
    this.#open();
    this.#look();
  }

  serverNow() {
    return new Date(this.#clock + uptime());
  }

  isStale() {
    return this.#isStale;
  }

  reconnect() {
    if (this.#isOver || this.#isLocked) return;
    this.#attempt = 0;
    this.#open();
  }

  close() {
    this.#isOver = true;
    this.#rest();
    clearTimeout(this.#lookTimer);
    document.removeEventListener("session-unlocked", this.#unlocked);
    document.removeEventListener("posted", this.#posted);
    document.removeEventListener("visibilitychange", this.#wake);
    removeEventListener("online", this.#wake);
    removeEventListener("pageshow", this.#wake);
    document.removeEventListener("submit", this.#submitted);
  }

  /** Neither line nor fetches, and none to come. */
  #rest() {
    this.#drop();
    this.#isFetching = false;
    this.#fetcher.forget();
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#fetchTimer);
  }

  /** The page is looked at again, the network is back, or the device has slept: see at once whether it is still true. */
  #wake = () => {
    if (this.#isOver || this.#isLocked || document.visibilityState === "hidden") return;
    if (this.#socket === null || uptime() - this.#quietSince() > WAKING_MS) {
      this.#believeFor(WAKING_MS);
      this.reconnect();
      if (this.#isFetching) void this.#fetch();
    }
    this.#look();
  };

  #unlocked = () => {
    this.#isLocked = false;
    this.#wake();
  };

  /**
   * Who logs out is led on by the answer; a reload because the line ended would break that off.
   *
   * @param {SubmitEvent} event
   */
  #submitted = (event) => {
    if (/** @type {HTMLFormElement} */ (event.target).matches('[action$="/logout"]')) this.close();
  };

  /** The server has done what this page has asked: the view has changed, and nobody wants to wait for it. */
  #posted = () => {
    if (this.#isFetching) void this.#fetch();
  };

  #open() {
    this.#drop();
    clearTimeout(this.#retryTimer);
    this.#revision = -1;
    this.#said = null;
    this.#openedAt = uptime();
    const socket = new WebSocket(new URL(this.#address(), location.href.replace(/^http/, "ws")));
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    this.#socket = socket;
  }

  #address() {
    return typeof this.path === "function" ? this.path() : this.path;
  }

  /** Close the socket and ignore whatever it still reports. */
  #drop() {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** @param {number} code */
  #closed(code) {
    this.#socket = null;
    const finalCode = FINAL_CLOSES.get(code);
    if (code === CLOSED_NO_LOGIN) this.#signInAgain();
    else if (code === CLOSED_LOCKED) this.#lock();
    else if (finalCode) this.#end({ code: this.#said?.code ?? finalCode, message: this.#said?.message ?? "" });
    else {
      if (this.#said) this.options.onError?.({ code: this.#said.code, message: this.#said.message, isFinal: false });
      this.#lost();
    }
  }

  /** There is no line any more, or none has come up. */
  #lost() {
    this.#failed = this.#revision < 0 ? this.#failed + 1 : 0;
    this.#revision = -1;
    if (!this.#isFetching) this.#believeFor(this.patience);
    this.#retryLater();
    if (this.#failed >= FAILED_LINES && !this.#isFetching && !this.#fetcher.isBusy) void this.#fetch();
  }

  #lock() {
    this.#isLocked = true;
    this.#rest();
    this.#goStale();
    document.dispatchEvent(new CustomEvent("session-locked"));
  }

  #retryLater() {
    const longest = Math.min(this.longestDelay, FIRST_DELAY_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    // Half of the delay is chance: a hundred screens must not all come back in the same instant after a power cut.
    const delay = (this.#isFetching ? LINE_EVERY_MS : longest) * (0.5 + Math.random() / 2);
    this.#retryTimer = setTimeout(() => this.#open(), delay);
  }

  /** @param {{code: string, message: string}} error */
  #end(error) {
    this.#goStale();
    this.close();
    this.options.onError?.({ ...error, isFinal: true });
  }

  /**
   * A reload leads to the login page; not twice in a row, so that a wrong set-up does not spin.
   *
   * @param {{code: string, message: string} | null} [said]
   */
  #signInAgain(said = this.#said) {
    const last = Number(sessionStorage.getItem("live-reloaded-at") ?? 0);
    if (Date.now() - last < LOGIN_RELOAD_PAUSE_MS) {
      this.#end({ code: said?.code ?? "not_signed_in", message: said?.message ?? "" });
      return;
    }
    sessionStorage.setItem("live-reloaded-at", String(Date.now()));
    this.close();
    location.reload();
  }

  /** @param {string} text */
  #receive(text) {
    /** @type {ViewFrame | BeatFrame | ErrorFrame | FaultFrame} */
    const frame = JSON.parse(text);
    if (frame.type === "view") this.#receiveView(frame);
    else if (frame.type === "beat") this.#receiveBeat(frame);
    else if (frame.type === "error") this.#said = frame;
    else document.dispatchEvent(new CustomEvent("server-fault", { detail: frame.code }));
  }

  /** @param {ViewFrame} frame */
  #receiveView(frame) {
    if (frame.rev < this.#revision) return;
    this.#revision = frame.rev;
    this.#attempt = this.#failed = 0;
    this.#setClock(frame);
    this.#heard();
    const wasElse = this.#isStale || this.#isFetching;
    this.#isStale = this.#isFetching = false;
    this.#fetcher.forget();
    clearTimeout(this.#fetchTimer);
    if (wasElse) this.options.onFresh?.();
    this.options.onView(frame.data, frame);
  }

  /**
   * A view may have been kept for a while before it was sent, so its time can only move the clock forward.
   *
   * @param {ViewFrame} frame
   */
  #setClock(frame) {
    const clock = Date.parse(frame.at) - uptime();
    if (!this.#hasServerClock || clock > this.#clock) this.#clock = clock;
    this.#hasServerClock = true;
  }

  /** @param {BeatFrame} frame */
  #receiveBeat(frame) {
    this.#clock = Date.parse(frame.at) - uptime();
    this.#hasServerClock = true;
    if (this.#revision >= 0) this.#heard();
  }

  #heard() {
    this.#heardAt = uptime();
    this.#goodUntil = this.#heardAt + this.staleAfter;
  }

  /** @param {number} ms  what is shown is believed for no longer than this, unless something is heard */
  #believeFor(ms) {
    this.#goodUntil = Math.min(this.#goodUntil, uptime() + ms);
  }

  async #fetch() {
    clearTimeout(this.#fetchTimer);
    const answer = await this.#fetcher.fetch(this.#address());
    if (answer === undefined || this.#isOver || this.#isLocked) return;
    if (answer?.status === 401) this.#signInAgain(answer);
    else if (answer?.status === 423) this.#lock();
    else if (answer?.status === 403 || answer?.status === 404) this.#end({ code: answer.code, message: answer.message });
    else if (answer === null || answer.status >= 400) this.#fetchedNothing();
    else this.#fetched(answer.frame);
  }

  /** @param {ViewFrame | null} frame  null when the view is as it was */
  #fetched(frame) {
    if (frame) this.#setClock(frame);
    this.#heardAt = uptime();
    this.#goodUntil = this.#heardAt + this.fetchEvery + 2 * WITHOUT_LINE_MS;
    const wasElse = this.#isStale || !this.#isFetching;
    this.#isStale = false;
    this.#isFetching = true;
    this.#fetchTimer = setTimeout(() => void this.#fetch(), this.fetchEvery);
    if (frame) this.options.onView(frame.data, frame);
    if (wasElse) this.options.onFetching?.(this.fetchEvery / 1000);
  }

  /** The server is away for fetches too: a line, or a fetch after it, finds it again. */
  #fetchedNothing() {
    if (!this.#isFetching) return;
    this.#isFetching = false;
    this.#goStale();
    if (this.#socket === null) this.reconnect();
  }

  /** Look whether what is shown can still be believed and whether the line still lives, at least once a second. */
  #look() {
    clearTimeout(this.#lookTimer);
    const now = uptime();
    const passed = now - this.#lookedAt;
    this.#lookedAt = now;
    if (passed > WAKING_MS + LOOK_EVERY_MS) this.#wake();
    if (now >= this.#goodUntil) this.#goStale();
    if (now >= this.#lineUntil()) {
      this.#drop();
      this.#lost();
    }
    if (this.#isOver) return;
    const next = Math.min(this.#isStale ? Infinity : this.#goodUntil, this.#lineUntil()) - now;
    clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => this.#look(), Math.min(LOOK_EVERY_MS, Math.max(50, next)));
  }

  /** @returns {number} when a line that stays silent is open and dead, or does not come up */
  #lineUntil() {
    if (this.#socket === null) return Infinity;
    return this.#quietSince() + (this.#revision < 0 ? this.patience : this.staleAfter);
  }

  #quietSince() {
    return Math.max(this.#heardAt, this.#openedAt);
  }

  #goStale() {
    if (this.#isStale || this.#isOver) return;
    this.#isStale = true;
    this.options.onStale?.(new Date(this.#clock + this.#heardAt));
  }
}
