/**
 * What a doctor keeps for the next time: favourite lines and templates by diagnosis. The server answers each change with
 * all of them.
 */
import { find, setText } from "../shared/dom.js";
import { note } from "../shared/notes.js";
import { post } from "../shared/post.js";
import { text } from "../shared/texts.js";
import { ask } from "./asking.js";

/** @typedef {import("./prescription.js").Prescription} Prescription */

export class Favourites {
  #isLoaded = false;

  /**
   * @param {Prescription} prescription  where they are offered
   * @param {(error: unknown) => void} complain
   */
  constructor(prescription, complain) {
    this.prescription = prescription;
    this.complain = complain;
  }

  /** @param {string} department  its code: what is common there is offered beside the doctor's own */
  async load(department) {
    if (this.#isLoaded) return;
    const answer = await ask(`/doctor/writing/favourites?department=${encodeURIComponent(department)}`);
    this.prescription.search.suggested = answer.suggested;
    this.#take(answer);
    this.#isLoaded = true;
  }

  /** @param {any} line  of a prescription */
  async keepLine(line) {
    await this.#change("favourites", { line }, text("rx_kept", { name: line.generic }));
  }

  async keepTemplate() {
    const { lines, diagnosis, note: remark } = this.prescription.content();
    if (!diagnosis.trim()) {
      this.prescription.diagnosis.focus();
      return setText(find("#writing-fault"), text("template_needs_diagnosis"));
    }
    await this.#change("templates", { diagnosis, content: { lines, note: remark } }, text("template_kept", { name: diagnosis.trim() }));
  }

  /** @param {import("./prescription-search.js").Choice} choice */
  async forget(choice) {
    if (choice.kind === "favourite") await this.#change(`favourites/${choice.favourite.id}/remove`, {}, "");
    if (choice.kind === "template") await this.#change(`templates/${choice.template.id}/remove`, {}, "");
  }

  /**
   * @param {string} where
   * @param {any} body
   * @param {string} said  what the doctor is told when it is done
   */
  async #change(where, body, said) {
    try {
      this.#take(await post(`/doctor/writing/${where}`, body));
      if (said) note("kept", said, { icon: "check" });
    } catch (error) {
      this.complain(error);
    }
  }

  /** @param {any} answer */
  #take(answer) {
    const { search } = this.prescription;
    search.favourites = answer.favourites;
    search.templates = answer.regimens;
    search.reset();
  }
}
