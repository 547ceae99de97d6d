/**
 * One press at a time.
 *
 * A press has an idempotency key of its own; retries carry it, so a press that the server has got already is not done
 * twice. While one is under way every other is ignored, and for a moment after it too: two quick presses of one key
 * are one press, however fast the server is.
 *
 * Texts that a page must hand over under `texts`: `dismiss` and `give_up` (buttons), `sending_again` and `given_up`
 * (with `%(action)s`), `answer_lost`, `name_<press>` for each press, `error_<code>` for the codes that it may meet, and
 * `error_bad_answer`.
 */
import { note, unnote } from "./notes.js";
import { newKey, post, PostError } from "./post.js";
import { text } from "./texts.js";

const DOUBLE_PRESS_MS = 700;
/** These bring a patient in, or are on the big button before it does. */
const BIG = new Set(["next", "call", "duty"]);
const GIVE_UP_AFTER_MS = 60_000;
const ATTEMPT_MS = 4000;

export class Presses {
  /** whether a press is under way */
  #isBusy = false;
  /** @type {string | null} the latest press, until another of the same button would count as a new one */
  #latest = null;
  #startedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {AbortController | null} */
  #control = null;
  /** whether an earlier attempt of this press got no answer, so that it may have been done already */
  #isRetried = false;

  /**
   * @param {object} options
   * @param {() => boolean} options.isAway  whether the line to the server is known to be down
   * @param {() => void} options.onChange   told when `isBusy` or `isPressed` may have changed
   */
  constructor({ isAway, onChange }) {
    this.isAway = isAway;
    this.onChange = onChange;
  }

  /** @returns {boolean} whether a press is under way */
  get isBusy() {
    return this.#isBusy;
  }

  /**
   * Whether the button of this press is down: its press is under way, or was so a moment ago.
   *
   * @param {string} name
   * @returns {boolean}
   */
  isPressed(name) {
    return this.#latest === name || (this.#latest !== null && BIG.has(this.#latest) && BIG.has(name));
  }

  /**
   * Ask the server to do it.
   *
   * @param {string} name   of the action, such as "next"
   * @param {string} url
   * @param {unknown} [body]
   * @returns {Promise<boolean>}  whether the server has done it
   */
  async press(name, url, body = {}) {
    if (this.#isBusy || this.isPressed(name)) return false;
    this.#begin(name);
    try {
      await this.#send(name, url, body);
      return true;
    } catch (error) {
      this.#complain(name, error);
      return false;
    } finally {
      this.#end();
    }
  }

  /** Stop asking for what is under way. Whether it was done, the next view says. */
  giveUp() {
    this.#control?.abort();
  }

  /**
   * @param {string} name
   * @param {string} url
   * @param {unknown} body
   */
  async #send(name, url, body) {
    this.#control = new AbortController();
    const timer = setTimeout(() => this.giveUp(), GIVE_UP_AFTER_MS);
    if (this.isAway()) this.#sayAway(name);
    try {
      await post(url, body, {
        key: newKey(),
        attempts: Infinity,
        timeout: ATTEMPT_MS,
        signal: this.#control.signal,
        onRetry: () => {
          this.#isRetried = true;
          this.#sayAway(name);
        },
      });
    } finally {
      clearTimeout(timer);
      unnote("away");
    }
  }

  /** @param {string} name */
  #sayAway(name) {
    const sentence = text("sending_again", { action: text(`name_${name}`) });
    note("away", sentence, {
      icon: "offline",
      stays: true,
      button: { label: text("give_up"), press: () => this.giveUp() },
    });
  }

  /**
   * @param {string} name
   * @param {unknown} error
   */
  #complain(name, error) {
    if (!(error instanceof PostError)) note("trouble", text("given_up", { action: text(`name_${name}`) }), { icon: "offline" });
    else if (error.code === "login_required") location.reload();
    else if (this.#isRetried && error.status === 409) note("trouble", text("answer_lost"));
    else note("trouble", sentenceOf(error), { icon: error.code === "changed_meanwhile" ? "info" : "warning" });
  }

  /** @param {string} name */
  #begin(name) {
    unnote("trouble");
    this.#isRetried = false;
    this.#isBusy = true;
    this.#latest = name;
    this.#startedAt = performance.now();
    clearTimeout(this.#timer);
    this.onChange();
  }

  #end() {
    this.#isBusy = false;
    this.#control = null;
    this.#timer = setTimeout(() => this.#release(), this.#startedAt + DOUBLE_PRESS_MS - performance.now());
    this.onChange();
  }

  #release() {
    this.#latest = null;
    this.onChange();
  }
}

/**
 * @param {PostError} error
 * @returns {string}
 */
function sentenceOf(error) {
  const key = `error_${error.code}`;
  const known = text(key);
  return known === key ? error.message || text("error_bad_answer") : known;
}
