/**
 * The panel beside the lists: a token's history and what can be done, or what a search has found. What was asked for last
 * is what is shown, whichever answer comes first; and somebody who types elsewhere by then is not interrupted.
 */
import { text } from "../shared/texts.js";
import { sendForm, sentenceOf } from "./sending.js";

export class Panel {
  /** @type {string} address of what is shown, or of what will be shown once its answer is there */
  #path = "";
  /** how many times something was asked for; an answer to anything but the last is dropped */
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} element
   * @param {(sentence: string, kind: "ok" | "warn") => void} onNews
   */
  constructor(element, onNews) {
    this.element = element;
    this.onNews = onNews;
    this.empty = element.innerHTML;
    /** told of a token that was chosen from a search @type {(id: number) => void} */
    this.onChoose = () => {};
    element.addEventListener("submit", (event) => void this.#send(event));
    element.addEventListener("click", (event) => this.#click(event));
  }

  /**
   * Show this token's history, after a moment when several are passed over quickly.
   *
   * @param {number} id
   * @param {number} [delay]
   */
  async open(id, delay = 0) {
    clearTimeout(this.#timer);
    await new Promise((resolve) => {
      this.#timer = setTimeout(resolve, delay);
    });
    await this.#load(`/desk/tokens/${id}?part=1`);
  }

  /** @param {string} words */
  async find(words) {
    const isShown = await this.#load(`/desk/find?part=1&q=${encodeURIComponent(words)}`);
    if (isShown) /** @type {HTMLElement | null} */ (this.element.querySelector("[data-token]"))?.focus();
  }

  /** Show the token again, unless somebody is just filling in one of its forms. */
  async refresh() {
    if (this.#path && !this.element.querySelector("details[open]")) await this.#load(this.#path);
  }

  focus() {
    this.element.focus();
  }

  close() {
    this.#ask("");
    this.element.innerHTML = this.empty;
  }

  /**
   * Press the button, or open the form, that has this key.
   *
   * @param {string} key
   * @returns {boolean}
   */
  press(key) {
    const target = /^[a-z]$/.test(key) ? this.element.querySelector(`[data-key="${key}"]`) : null;
    if (!(target instanceof HTMLElement)) return false;
    target.click();
    const form = target.closest("details")?.querySelector("form");
    /** @type {HTMLElement | null | undefined} */ (form?.querySelector("select, input:not([type=hidden]), button"))?.focus();
    return true;
  }

  /**
   * @param {string} path
   * @returns {Promise<boolean>}  whether it is shown now
   */
  async #load(path) {
    const asked = this.#ask(path);
    this.element.setAttribute("aria-busy", "true");
    const html = await this.#fetch(path);
    if (asked !== this.#asked) return false;
    this.element.removeAttribute("aria-busy");
    if (html === null) this.onNews(text("unreachable"), "warn");
    else if (html) this.element.innerHTML = html;
    return Boolean(html);
  }

  /**
   * @param {string} path
   * @returns {number}  what `#asked` is until something else is asked for
   */
  #ask(path) {
    clearTimeout(this.#timer);
    this.#path = path;
    return ++this.#asked;
  }

  /**
   * @param {string} path
   * @returns {Promise<string | null>}  "" when the server had nothing to show, null when it did not answer
   */
  async #fetch(path) {
    try {
      const answer = await fetch(path, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(8000) });
      if (answer.redirected) location.reload();
      return answer.ok && !answer.redirected ? await answer.text() : "";
    } catch {
      return null;
    }
  }

  /** @param {SubmitEvent} event */
  async #send(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.getAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    try {
      await sendForm(form);
      this.onNews(text("done"), "ok");
      if (form.action.endsWith("/delete")) this.close();
      else await this.#load(this.#path);
      if (!isElsewhere(this.element)) this.focus();
    } catch (error) {
      this.onNews(sentenceOf(error), "warn");
      form.removeAttribute("aria-busy");
    }
  }

  /** @param {Event} event */
  #click(event) {
    const link = event.target instanceof Element ? event.target.closest("[data-token]") : null;
    if (!(link instanceof HTMLElement)) return;
    event.preventDefault();
    this.onChoose(Number(link.dataset.token));
  }
}

/**
 * @param {HTMLElement} element
 * @returns {boolean}  whether the keyboard works on something outside of it
 */
function isElsewhere(element) {
  const focused = document.activeElement;
  return focused !== null && focused !== document.body && !element.contains(focused);
}
