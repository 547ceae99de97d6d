/**
 * One line to the server that a page can trust for days.
 *
 * A frame is the whole view of a topic, so whatever arrives first after a reconnect is the truth and nothing has
 * to be caught up. The page is *live* while views or beats keep arriving, and *stale* once the line has been quiet
 * for `staleAfter`, whether or not the browser still believes that the socket is open: a cable pulled out of a
 * switch closes nothing.
 */

/**
 * @typedef {{type: "view", topic: string, rev: number, at: string, data: any}} ViewFrame
 * @typedef {{type: "beat", at: string}} BeatFrame
 * @typedef {{type: "error", code: string, message: string}} ErrorFrame
 * @typedef {{type: "fault", code: string}} FaultFrame  the database takes no changes; see fault.js
 * @typedef {{code: string, message: string, isFinal: boolean}} LiveError
 *
 * @typedef {object} LiveOptions
 * @property {(data: any, frame: ViewFrame) => void} onView  called with every newer view
 * @property {(since: Date) => void} [onStale]   called once when the line has gone quiet; `since` is the server's time
 *                                               of the last sign of life
 * @property {() => void} [onFresh]              called once when a view has arrived again after `onStale`
 * @property {(error: LiveError) => void} [onError]  what the server said; after a final error nothing more comes
 * @property {number} [staleAfter]               milliseconds of silence, 5000 unless told
 * @property {number} [longestDelay]             milliseconds between attempts to come back, 3000 unless told
 *
 * @typedef {object} Live
 * @property {() => Date} serverNow   the server's clock, as well as the last frames tell it
 * @property {() => boolean} isStale  true while what is shown may be old
 * @property {() => void} reconnect   drops the line and takes a new one at once, with a newly built path
 * @property {() => void} close       ends it for good
 */

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 3000;
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
  #isStale = false;
  #isOver = false;
  /** the screen is locked; there is no line until it is unlocked (see lock.js) */
  #isLocked = false;
  #startedAt = performance.now();
  #heardAt = performance.now();
  /** server's milliseconds minus this page's monotonic ones */
  #clock = Date.now() - performance.now();
  #hasServerClock = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silenceTimer;

  /**
   * @param {string | (() => string)} path
   * @param {LiveOptions} options
   */
  constructor(path, options) {
    this.path = path;
    this.options = options;
    this.staleAfter = options.staleAfter ?? 5000;
    this.longestDelay = options.longestDelay ?? LONGEST_DELAY_MS;
    document.addEventListener("session-unlocked", this.#unlocked);
    addEventListener("online", this.#wake);
    addEventListener("pageshow", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.#open();
    this.#watchSilence();
  }

  serverNow() {
    return new Date(this.#clock + performance.now());
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
    this.#drop();
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#silenceTimer);
    document.removeEventListener("session-unlocked", this.#unlocked);
    removeEventListener("online", this.#wake);
    removeEventListener("pageshow", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
  }

  /** The page is looked at again, or the network is back: do not wait for the back-off to run out. */
  #wake = () => {
    if (this.#isOver || this.#isLocked || document.visibilityState === "hidden") return;
    if (this.#socket === null) this.reconnect();
    this.#watchSilence();
  };

  #unlocked = () => {
    this.#isLocked = false;
    this.#wake();
  };

  #open() {
    this.#drop();
    clearTimeout(this.#retryTimer);
    this.#revision = -1;
    this.#said = null;
    this.#startedAt = performance.now();
    const path = typeof this.path === "function" ? this.path() : this.path;
    const socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    this.#socket = socket;
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
      this.#retryLater();
    }
  }

  #lock() {
    this.#isLocked = true;
    clearTimeout(this.#retryTimer);
    this.#goStale();
    document.dispatchEvent(new CustomEvent("session-locked"));
  }

  #retryLater() {
    const longest = Math.min(this.longestDelay, FIRST_DELAY_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    // Half of the delay is chance: a hundred screens must not all come back in the same instant after a power cut.
    this.#retryTimer = setTimeout(() => this.#open(), longest * (0.5 + Math.random() / 2));
  }

  /** @param {{code: string, message: string}} error */
  #end(error) {
    this.#goStale();
    this.close();
    this.options.onError?.({ ...error, isFinal: true });
  }

  /** A reload leads to the login page; not twice in a row, so that a wrong set-up does not spin. */
  #signInAgain() {
    const last = Number(sessionStorage.getItem("live-reloaded-at") ?? 0);
    if (Date.now() - last < LOGIN_RELOAD_PAUSE_MS) {
      this.#end({ code: this.#said?.code ?? "not_signed_in", message: this.#said?.message ?? "" });
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
    this.#attempt = 0;
    // A view may have been kept for a while before it was sent, so its time can only move the clock forward.
    const clock = Date.parse(frame.at) - performance.now();
    if (!this.#hasServerClock || clock > this.#clock) this.#clock = clock;
    this.#hasServerClock = true;
    this.#heard();
    if (this.#isStale) {
      this.#isStale = false;
      this.options.onFresh?.();
    }
    this.options.onView(frame.data, frame);
  }

  /** @param {BeatFrame} frame */
  #receiveBeat(frame) {
    this.#clock = Date.parse(frame.at) - performance.now();
    this.#hasServerClock = true;
    if (this.#revision >= 0) this.#heard();
  }

  #heard() {
    this.#heardAt = performance.now();
  }

  /** One timer, always set to the moment at which the present silence becomes too long. */
  #watchSilence() {
    clearTimeout(this.#silenceTimer);
    const now = performance.now();
    if (now >= this.#heardAt + this.staleAfter) {
      this.#goStale();
      // Nothing since this socket was made either: it may be open and dead. Take another.
      if (now >= this.#quietSince() + this.staleAfter && !this.#isLocked) this.#open();
    }
    const deadline = (this.#isStale ? this.#quietSince() : this.#heardAt) + this.staleAfter;
    this.#silenceTimer = setTimeout(() => this.#watchSilence(), Math.max(50, deadline - now));
  }

  #quietSince() {
    return Math.max(this.#heardAt, this.#startedAt);
  }

  #goStale() {
    if (this.#isStale || this.#isOver) return;
    this.#isStale = true;
    this.options.onStale?.(new Date(this.#clock + this.#heardAt));
  }
}
