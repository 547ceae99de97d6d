/**
 * A doctor writes for a patient: a prescription or a certificate. The panel stands beside the patient in the room, whose
 * buttons go on working.
 */
import { find, setAttribute, setText } from "../shared/dom.js";
import { day } from "../shared/durations.js";
import { note } from "../shared/notes.js";
import { post, PostError, newKey } from "../shared/post.js";
import { language, pageData, text } from "../shared/texts.js";
import { ask } from "./asking.js";
import { Certificate } from "./certificate.js";
import { ask as askDialog } from "./dialogs.js";
import { Draft, unsaved } from "./drafts.js";
import { Favourites } from "./favourites.js";
import { fillSignDialog, paper, showPatients, showSigned } from "./papers.js";
import { askToSign } from "./missing.js";
import { Person } from "./person.js";
import { Prescription } from "./prescription.js";
import { hide, reveal, showButtons, showConflict, showLoading, showState, warnOfAnother } from "./writing-panel.js";

/**
 * @typedef {import("./types.js").Me} Me
 * @typedef {import("./types.js").RoomView} RoomView
 * @typedef {import("./papers.js").Kind} Kind
 * @typedef {import("./papers.js").Opened} Opened
 * @typedef {import("./papers.js").Recent} Recent
 */

const PREVIEW_MS = 400;

export class Writing {
  /** @type {RoomView | null} */
  #view = null;
  /** @type {Opened | null} */
  #opened = null;
  /** @type {Kind} */
  #kind = "prescription";
  /** @type {Draft | null} */
  #draft = null;
  #isBusy = false;
  #opening = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #previewing;
  /** whom the doctor has seen: a paper was signed for these tokens @type {Set<number>} */
  #signedFor = new Set();

  /** @param {{me: Me, now: () => Date}} options */
  constructor({ me, now }) {
    this.me = me;
    this.now = now;
    this.panel = find("#writing");
    this.prescription = new Prescription({
      onChange: () => this.#changed(),
      onRemove: (choice) => void this.favourites.forget(choice),
      onKeep: (line) => void this.favourites.keepLine(line),
    });
    this.certificate = new Certificate({ onChange: () => this.#changed() });
    this.favourites = new Favourites(this.prescription, (error) => this.#complain(error));
    this.person = new Person(() => this.#changed());
    this.#listen();
  }

  /** @returns {boolean} */
  get isOpen() {
    return !this.panel.hidden;
  }

  /** Whether a paper was signed here for this patient. @param {number} token @returns {boolean} */
  hasSignedFor(token) {
    return this.#signedFor.has(token);
  }

  /** The room's newest view. @param {RoomView} view */
  show(view) {
    const before = this.#view?.current?.id ?? null;
    this.#view = view;
    const current = view.current;
    if (!this.isOpen || !current || current.id === before || current.id === this.#opened?.token) return this.#warnOfAnother();
    // What is finished makes room for the next patient; what is not stays, and says whose it is.
    if (this.#isDone()) void this.open(this.#kind, current.id, { keepsFocus: true });
    else this.#warnOfAnother();
  }

  /** The key or button of a kind: open it for the patient in the room, or for the last one. @param {Kind} kind */
  async press(kind) {
    const token = this.#view?.current?.id;
    if (token !== undefined && token === this.#opened?.token && kind === this.#kind) return this.#focus();
    if (token !== undefined) return this.open(kind, token);
    const recent = await this.#recent().catch(() => []);
    if (recent[0]) await this.open(kind, recent[0].token);
    else note("writing", text("write_nobody"), { icon: "info" });
  }

  /**
   * @param {Kind} kind
   * @param {number} token
   * @param {{keepsFocus?: boolean}} [options]
   */
  async open(kind, token, { keepsFocus = false } = {}) {
    const opening = (this.#opening += 1);
    this.#leave();
    this.#reveal(kind);
    if (!keepsFocus) this.#focus();
    try {
      const [opened, recent] = await Promise.all([ask(address(token, kind)), this.#recent(), this.favourites.load(this.#view?.department.code ?? "")]);
      if (opening !== this.#opening) return;
      this.#opened = opened;
      showLoading(false);
      this.#showOpened(recent);
      if (!keepsFocus && kind === "certificate") this.#focus();
    } catch (error) {
      if (opening === this.#opening) this.close();
      this.#complain(error);
    }
  }

  /** The panel is there at once; what is typed before the draft has come is kept. @param {Kind} kind */
  #reveal(kind) {
    this.#kind = kind;
    this.prescription.search.hold();
    showLoading(true);
    reveal(kind);
  }

  #focus() {
    (this.#kind === "prescription" ? this.prescription : this.certificate).focus();
  }

  /** The draft is kept; the lists come back. */
  close() {
    this.#opening += 1;
    this.#leave();
    hide();
    find("#primary").focus();
  }

  #leave() {
    this.#draft?.close();
    this.#draft = null;
    this.#opened = null;
    clearTimeout(this.#previewing);
  }

  #listen() {
    find("#writing-close").addEventListener("click", () => this.close());
    find("#writing-sign").addEventListener("click", () => void this.sign());
    find("#writing-discard").addEventListener("click", () => void this.#discard());
    find("#writing-template").addEventListener("click", () => void this.favourites.keepTemplate());
    find("#writing-mine").addEventListener("click", () => this.#takeOver());
    find("#writing-theirs").addEventListener("click", () => this.#reopen());
    find("#writing-patient").addEventListener("change", (event) => {
      const token = Number(/** @type {HTMLSelectElement} */ (event.target).value);
      if (token) void this.open(this.#kind, token);
    });
    for (const tab of this.panel.querySelectorAll("[data-write]")) {
      tab.addEventListener("click", () => this.#opened && void this.open(/** @type {Kind} */ (/** @type {HTMLElement} */ (tab).dataset.write), this.#opened.token));
    }
    this.panel.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (event.key === "Enter" && event.ctrlKey) void this.sign();
      else if (event.key === "Escape") this.close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** @param {Recent[]} recent */
  #showOpened(recent) {
    const opened = /** @type {Opened} */ (this.#opened);
    showPatients(recent, opened, this.#view?.current?.id ?? null);
    const name = `draft:${this.me.id}:${this.#kind}:${opened.token}`;
    const kept = unsaved(name);
    const edit = opened.draft?.edit ?? 0;
    this.#draft = new Draft({
      address: address(opened.token, this.#kind),
      name,
      edit: kept ? kept.edit : edit,
      onState: (state, message) => showState(state, message, this.#draft?.edit ?? 0),
      onAnswer: (answer) => this.#answered(answer),
      onConflict: () => showConflict(true),
    });
    showConflict(false);
    showState("saved", "", this.#draft.edit);
    this.#warnOfAnother();
    // This does what was typed meanwhile, so the draft must be there.
    this.#fill(kept ? kept.content : (opened.draft?.content ?? null));
    showSigned(opened, this.#kind, this.me.id, (record) => void this.#correct(record));
    this.#showButtons();
    if (kept) this.#changed();
    else if (opened.draft) void this.#checkAgain(opened.draft.content);
  }

  /** @param {any} content */
  #fill(content) {
    const opened = /** @type {Opened} */ (this.#opened);
    this.person.show(opened, content);
    if (this.#kind === "prescription") {
      const { last } = opened;
      this.prescription.show(content, last?.content ?? null, last ? day(new Date(last.at)) : "", opened.language);
    } else {
      this.certificate.show(content, content?.language ?? language(), localDay(this.now()));
    }
  }

  #content() {
    const opened = /** @type {Opened} */ (this.#opened);
    return { ...(this.#kind === "prescription" ? this.prescription.content() : this.certificate.content()), person: this.person.content(opened) };
  }

  #changed() {
    if (!this.#draft || !this.#opened) return;
    setText(find("#writing-fault"), "");
    this.#draft.change(structuredClone(this.#content()));
    this.#showButtons();
  }

  /** @param {any} answer */
  #answered(answer) {
    if (this.#kind === "prescription") this.prescription.check(answer.lines ?? []);
    else this.#previewSoon();
  }

  /** @param {any} content */
  async #checkAgain(content) {
    if (this.#kind === "certificate") return this.#previewSoon();
    const draft = this.#draft;
    const answer = await post("/doctor/writing/check", { edit: 0, content }, { attempts: 2 }).catch(() => null);
    if (answer && draft === this.#draft) this.prescription.check(answer.lines);
  }

  #previewSoon() {
    clearTimeout(this.#previewing);
    this.#previewing = setTimeout(async () => {
      const draft = this.#draft;
      if (!draft || !this.#opened || draft.isDirty || draft.edit === 0) return;
      const shown = await post(`${draft.address}/preview`, { edit: draft.edit }, { attempts: 1 }).catch(() => null);
      if (draft === this.#draft) this.certificate.preview(shown);
    }, PREVIEW_MS);
  }

  /** Ask once more, then make it final. */
  async sign() {
    const draft = this.#draft;
    const opened = this.#opened;
    if (!draft || !opened || this.#isBusy || this.#isNothing()) return;
    this.#isBusy = true;
    try {
      if (this.#kind === "certificate" && draft.edit === 0) draft.change(structuredClone(this.#content()));
      if (!(await draft.settle()) || (this.#kind === "prescription" && this.prescription.leadToFault())) return;
      if (this.#kind === "certificate") this.certificate.preview(await post(`${draft.address}/preview`, { edit: draft.edit }));
      this.#showDialog(opened);
      const answer = await askToSign(this.#missing(opened));
      if (!answer || draft !== this.#draft || !(await this.#complete(answer, draft, opened))) return;
      setAttribute(find("#writing-sign"), "aria-busy", "true");
      setText(find("#writing-state"), text("draft_signing"));
      const signed = await post(`${draft.address}/sign`, { edit: draft.edit, without: answer.without }, { key: newKey(), timeout: 15_000, attempts: 5 });
      this.#signedFor.add(opened.token);
      note("signed", text(this.#kind === "prescription" ? "rx_signed" : "certificate_signed", { number: opened.number }), {
        icon: "check",
        button: { label: text("paper_open"), press: () => void window.open(paper(signed.document), "_blank") },
      });
      await this.open(this.#kind, opened.token, { keepsFocus: true });
      find("#primary").focus();
    } catch (error) {
      this.#complain(error);
    } finally {
      this.#isBusy = false;
      setAttribute(find("#writing-sign"), "aria-busy", null);
      this.#showButtons();
    }
  }

  /** What a reader of the paper would look for in vain. @param {Opened} opened @returns {import("./missing.js").Missing[]} */
  #missing(opened) {
    const known = { name: opened.patient?.name ?? this.person.name, registration: opened.registration };
    return /** @type {const} */ (["name", "registration"]).filter((what) => !known[what]);
  }

  /**
   * What the doctor was asked for stands on the paper, and the number on the next ones.
   *
   * @param {import("./missing.js").Answer} answer
   * @param {Draft} draft
   * @param {Opened} opened
   * @returns {Promise<boolean>}  whether it is kept
   */
  async #complete({ name, registration }, draft, opened) {
    if (registration) {
      await post("/doctor/writing/registration", { registration });
      opened.registration = registration;
    }
    if (!name) return true;
    this.person.call(name);
    draft.change(structuredClone(this.#content()));
    return draft.settle();
  }

  /** @param {Opened} opened */
  #showDialog(opened) {
    const person = opened.patient?.name ?? this.person.name;
    const isPrescription = this.#kind === "prescription";
    const body = isPrescription ? this.prescription.note.value : (find("#certificate-text").textContent ?? "");
    fillSignDialog(this.#kind, opened.number, person, isPrescription ? this.prescription.words() : [], body);
  }

  async #discard() {
    if (!this.#draft || !this.#opened || this.#isNothing() || !(await askDialog("discard-dialog"))) return;
    const { token } = this.#opened;
    try {
      await this.#draft.discard();
      await this.open(this.#kind, token);
    } catch (error) {
      this.#complain(error);
    }
  }

  /** @param {number} record */
  async #correct(record) {
    const draft = this.#draft;
    if (!draft || !this.#opened) return;
    try {
      await post(`${draft.address}/correct`, { record });
      await this.open(this.#kind, this.#opened.token);
    } catch (error) {
      this.#complain(error);
    }
  }

  /** @returns {Promise<Recent[]>} */
  async #recent() {
    return (await ask("/doctor/writing/recent")).patients;
  }

  #takeOver() {
    const draft = this.#draft;
    if (!draft || !this.#opened) return;
    showConflict(false);
    void ask(draft.address).then((opened) => {
      // Another window may have signed or discarded it: then this is a new draft.
      draft.takeOver(opened.draft?.edit ?? 0);
    }, (error) => this.#complain(error));
  }

  async #reopen() {
    const opened = this.#opened;
    if (!opened || !this.#draft) return;
    sessionStorage.removeItem(this.#draft.name);
    await this.open(this.#kind, opened.token);
  }

  #showButtons() {
    showButtons(this.#isNothing(), this.prescription.content().lines.length > 0);
  }

  #warnOfAnother() {
    warnOfAnother(this.#opened, this.#view?.current);
  }

  #isNothing() {
    if (!this.#opened) return true;
    return this.#kind === "prescription" && this.prescription.isEmpty() && (this.#draft?.edit ?? 0) === 0;
  }

  #isDone() {
    return !this.#draft || (!this.#draft.isDirty && this.#draft.edit === 0);
  }

  /** @param {unknown} error */
  #complain(error) {
    const known = error instanceof PostError ? error : new PostError("bad_answer", String(error));
    const field = String(known.details.field ?? "");
    if (field.startsWith("lines.")) this.prescription.fault(field, known.message);
    else if (field.startsWith("person.")) this.person.focus(field.split(".")[1] ?? "name");
    else if (field && this.#kind === "certificate") this.certificate.fault(field);
    if (known.code === "changed_meanwhile") showConflict(true);
    else if (known.status === 422) setText(find("#writing-fault"), field.startsWith("lines.") ? text("write_not_signed") : known.message);
    else {
      const words = text(`error_${known.code}`);
      note("writing", words === `error_${known.code}` ? known.message || text("error_bad_answer") : words, { icon: "warning" });
    }
  }
}

/**
 * @param {number} token
 * @param {Kind} kind
 * @returns {string}
 */
function address(token, kind) {
  return `/doctor/tokens/${token}/${kind}`;
}

/** @param {Date} moment @returns {string} "2026-11-23", in the clinic's time zone */
function localDay(moment) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: pageData().time_zone }).format(moment);
}
