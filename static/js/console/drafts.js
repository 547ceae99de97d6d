/**
 * A draft that is kept on the server as it is typed.
 *
 * Every change is sent a moment later, one request at a time, and again until the server has it: a line that is down, a
 * locked screen or a login that has ended only delay it. What the server does not have yet is also kept in the window's
 * own storage, so a reload loses nothing. When another window has saved meanwhile, nothing is overwritten: somebody
 * is asked.
 */
import { post, PostError } from "../shared/post.js";

/**
 * @typedef {"saved" | "saving" | "waiting" | "conflict" | "refused"} DraftState
 * @typedef {{edit: number, content: any, at: string}} Written  a draft as the server has it
 */

const PAUSE_MS = 250;
const RETRY_MS = 1500;

export class Draft {
  #isDirty = false;
  #isClosed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<void> | null} */
  #running = null;
  /** @type {() => void} */
  #wake = () => {};

  /**
   * @param {object} options
   * @param {string} options.address  of the paper, "/doctor/tokens/17/prescription"
   * @param {string} options.name     under which the window keeps what is not saved yet
   * @param {number} options.edit     where the draft stands on the server; 0 for none
   * @param {(state: DraftState, message: string) => void} options.onState
   * @param {(answer: any) => void} options.onAnswer          told of what the server says of the content
   * @param {(draft: Written | null) => void} options.onConflict  told of what another window has saved
   */
  constructor({ address, name, edit, onState, onAnswer, onConflict }) {
    this.address = address;
    this.name = name;
    this.edit = edit;
    /** @type {any} */
    this.content = null;
    this.onState = onState;
    this.onAnswer = onAnswer;
    this.onConflict = onConflict;
    this.retry = () => this.#wake();
    document.addEventListener("session-unlocked", this.retry);
    window.addEventListener("online", this.retry);
  }

  /** @returns {boolean} whether the server lacks something */
  get isDirty() {
    return this.#isDirty;
  }

  /** This is what stands in the fields now. @param {any} content */
  change(content) {
    this.content = content;
    this.#isDirty = true;
    remember(this.name, { edit: this.edit, content });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), PAUSE_MS);
  }

  /**
   * Wait until the server has everything.
   *
   * @returns {Promise<boolean>}  false when it does not take it: another window was quicker, or it is refused
   */
  async settle() {
    clearTimeout(this.#timer);
    await this.#run();
    return !this.#isDirty;
  }

  /** What stands here is to count, whatever another window has saved. @param {number} edit  where that one stands */
  takeOver(edit) {
    this.edit = edit;
    this.change(this.content);
  }

  /** Throw the draft away. */
  async discard() {
    clearTimeout(this.#timer);
    this.#isDirty = false;
    await this.#running;
    forget(this.name);
    if (this.edit > 0) await post(`${this.address}/discard`, { edit: this.edit });
  }

  /** Nothing is sent any more; what the server lacks stays in the window's storage. */
  close() {
    if (this.#isDirty) void this.#run();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    document.removeEventListener("session-unlocked", this.retry);
    window.removeEventListener("online", this.retry);
  }

  #run() {
    this.#running ??= this.#save().finally(() => (this.#running = null));
    return this.#running;
  }

  async #save() {
    while (this.#isDirty) {
      const sent = this.content;
      this.#isDirty = false;
      this.onState("saving", "");
      try {
        const answer = await post(`${this.address}/draft`, { edit: this.edit, content: sent }, { attempts: 1 });
        this.edit = answer.edit;
        if (this.#isDirty) remember(this.name, { edit: this.edit, content: this.content });
        else forget(this.name);
        if (!this.#isDirty) this.onAnswer(answer);
      } catch (error) {
        this.#isDirty = true;
        if (await this.#isFinal(error, sent)) return;
      }
    }
    this.onState("saved", "");
  }

  /**
   * @param {unknown} error
   * @param {any} sent
   * @returns {Promise<boolean>}  whether there is no use in sending it again
   */
  async #isFinal(error, sent) {
    const known = error instanceof PostError ? error : new PostError("unreachable", "");
    if (known.code === "changed_meanwhile") return this.#meet(known.details.draft ?? null, sent);
    if ([403, 404, 413, 422].includes(known.status)) {
      this.onState("refused", known.message);
      return true;
    }
    this.onState("waiting", "");
    if (this.#isClosed) return true;
    await new Promise((resolve) => {
      this.#wake = () => resolve(null);
      setTimeout(resolve, RETRY_MS);
    });
    return false;
  }

  /**
   * @param {Written | null} draft  what the server has
   * @param {any} sent
   * @returns {boolean}
   */
  #meet(draft, sent) {
    if (draft && JSON.stringify(draft.content) === JSON.stringify(sent)) {
      // It was this very saving, whose answer was lost on the way.
      this.edit = draft.edit;
      this.#isDirty = this.content !== sent;
      if (!this.#isDirty) forget(this.name);
      return false;
    }
    this.onState("conflict", "");
    this.onConflict(draft);
    return true;
  }
}

/**
 * What this window has typed and the server did not get.
 *
 * @param {string} name
 * @returns {{edit: number, content: any} | null}
 */
export function unsaved(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} name */
export function forget(name) {
  sessionStorage.removeItem(name);
}

/**
 * @param {string} name
 * @param {{edit: number, content: any}} typed
 */
function remember(name, typed) {
  try {
    sessionStorage.setItem(name, JSON.stringify(typed));
  } catch {
    // Without storage a reload may lose the last second; the server has the rest.
  }
}
