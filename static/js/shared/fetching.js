/** Fetching a topic's view over HTTP, for networks that let no websocket through. */

const WITHIN_MS = 5000;
/** Every answer of the server has it; those of proxies and login pages in between have not. */
const OURS = "Smart-Queue";

/**
 * @typedef {import("./live.js").ViewFrame} ViewFrame
 * @typedef {{frame: ViewFrame | null, status: number, code: string, message: string}} Answer
 *     `frame` is null when the view is as it was, or when the server has refused (`status` 400 or more)
 */

export class Fetcher {
  #tag = "";
  /** @type {AbortController | null} */
  #control = null;

  /** @returns {boolean} whether an answer is awaited */
  get isBusy() {
    return this.#control !== null;
  }

  /** Whatever was fetched, the page shows something else by now. */
  forget() {
    this.#tag = "";
    this.#control?.abort();
    this.#control = null;
  }

  /**
   * What the server gives now. A further call ends the one before it.
   *
   * @param {string} path  of the line, such as /ws/desk
   * @returns {Promise<Answer | null | undefined>}  null when nobody has answered in time, or something else in the
   *     server's place; undefined when it does not matter any more
   */
  async fetch(path) {
    this.#control?.abort();
    const control = (this.#control = new AbortController());
    const timer = setTimeout(() => control.abort(), WITHIN_MS);
    try {
      return await this.#answer(
        await fetch(path.replace(/^\/ws/, "/view"), {
          headers: { Accept: "application/json", ...(this.#tag && { "If-None-Match": this.#tag }) },
          cache: "no-store",
          redirect: "error",
          signal: control.signal,
        }),
      );
    } catch {
      return this.#control === control ? null : undefined;
    } finally {
      clearTimeout(timer);
      if (this.#control === control) this.#control = null;
    }
  }

  /**
   * @param {Response} response
   * @returns {Promise<Answer | null>}
   */
  async #answer(response) {
    if (!response.headers.has(OURS)) return null;
    const { status } = response;
    if (status === 304) return { frame: null, status, code: "", message: "" };
    const content = await response.json();
    if (!response.ok) return { frame: null, status, code: content.error.code, message: content.error.message };
    this.#tag = response.headers.get("ETag") ?? "";
    return { frame: content, status, code: "", message: "" };
  }
}
