/** The panel beside the lists: a token's history and what can be done, or what a search has found. */
import { text } from "../shared/texts.js";
import { sendForm, sentenceOf } from "./sending.js";

export class Panel {
  /** @type {string} address of what is shown */
  #path = "";
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
    await this.#load(`/desk/find?part=1&q=${encodeURIComponent(words)}`);
    /** @type {HTMLElement | null} */ (this.element.querySelector("[data-token]"))?.focus();
  }

  /** Show the token again, unless somebody is just filling in one of its forms. */
  async refresh() {
    if (this.#path && !this.element.querySelector("details[open]")) await this.#load(this.#path);
  }

  focus() {
    this.element.focus();
  }

  close() {
    this.#path = "";
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

  /** @param {string} path */
  async #load(path) {
    this.element.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(path, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(8000) });
      if (answer.redirected) location.reload();
      else if (answer.ok) {
        this.element.innerHTML = await answer.text();
        this.#path = path;
      }
    } catch {
      this.onNews(text("unreachable"), "warn");
    } finally {
      this.element.removeAttribute("aria-busy");
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
      this.focus();
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
