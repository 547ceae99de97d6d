/**
 * The panel in which a doctor writes for a patient: a prescription or a certificate. It stands beside the patient in
 * the room, whose buttons go on working.
 */
import { el, find, icon, setAttribute, setText } from "../shared/dom.js";
import { clock, day } from "../shared/format.js";
import { note } from "../shared/notes.js";
import { post, PostError, newKey } from "../shared/post.js";
import { language, pageData, text } from "../shared/texts.js";
import { ask } from "./asking.js";
import { Certificate } from "./certificate.js";
import { ask as askDialog } from "./dialogs.js";
import { Draft, unsaved } from "./drafts.js";
import { Prescription } from "./prescription.js";

/**
 * @typedef {import("./types.js").Me} Me
 * @typedef {import("./types.js").RoomView} RoomView
 * @typedef {"prescription" | "certificate"} Kind
 * @typedef {{id: number, version: number, number: string | null, document: number, doctor: number, at: string}} Signed
 * @typedef {object} Opened  see the server's `Drafts.open`
 * @property {number} token
 * @property {string} number
 * @property {string} language
 * @property {{name: string, age: number | null, sex: string} | null} patient
 * @property {{edit: number, content: any, at: string} | null} draft
 * @property {number | null} corrects
 * @property {Signed[]} signed
 * @property {{content: any, at: string} | null} last
 */

const PERSON = /** @type {const} */ (["name", "age", "sex"]);
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
  #hasFavourites = false;

  /** @param {{me: Me, now: () => Date}} options */
  constructor({ me, now }) {
    this.me = me;
    this.now = now;
    this.panel = find("#writing");
    this.prescription = new Prescription({
      onChange: () => this.#changed(),
      onRemove: (choice) => void this.#forgetChoice(choice),
      onKeep: (line) => void this.#keep("favourites", { line }, text("rx_kept", { name: line.generic })),
    });
    this.certificate = new Certificate({ onChange: () => this.#changed() });
    this.#listen();
  }

  /** @returns {boolean} */
  get isOpen() {
    return !this.panel.hidden;
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
    const token = this.#view?.current?.id ?? (await this.#recent())[0]?.token;
    if (token === undefined) note("writing", text("write_nobody"), { icon: "info" });
    else await this.open(kind, token);
  }

  /**
   * @param {Kind} kind
   * @param {number} token
   * @param {{keepsFocus?: boolean}} [options]
   */
  async open(kind, token, { keepsFocus = false } = {}) {
    const opening = (this.#opening += 1);
    try {
      const [opened, recent] = await Promise.all([ask(`${address(token, kind)}`), this.#recent(), this.#loadFavourites()]);
      if (opening !== this.#opening) return;
      this.#leave();
      this.#kind = kind;
      this.#opened = opened;
      this.panel.hidden = false;
      document.body.classList.add("is-writing");
      this.#showOpened(recent);
      if (!keepsFocus) (kind === "prescription" ? this.prescription : this.certificate).focus();
    } catch (error) {
      this.#complain(error);
    }
  }

  /** The draft is kept; the lists come back. */
  close() {
    this.#opening += 1;
    this.#leave();
    this.panel.hidden = true;
    document.body.classList.remove("is-writing");
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
    find("#writing-template").addEventListener("click", () => void this.#keepTemplate());
    find("#writing-mine").addEventListener("click", () => this.#takeOver());
    find("#writing-theirs").addEventListener("click", () => this.#reopen());
    find("#writing-patient").addEventListener("change", (event) => {
      const token = Number(/** @type {HTMLSelectElement} */ (event.target).value);
      if (token) void this.open(this.#kind, token);
    });
    for (const tab of this.panel.querySelectorAll("[data-write]")) {
      tab.addEventListener("click", () => this.#opened && void this.open(/** @type {Kind} */ (/** @type {HTMLElement} */ (tab).dataset.write), this.#opened.token));
    }
    for (const name of PERSON) this.#personField(name).addEventListener("input", () => this.#changed());
    this.panel.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (event.key === "Enter" && event.ctrlKey) void this.sign();
      else if (event.key === "Escape") this.close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** @param {{token: number, number: string, drafts: string[]}[]} recent */
  #showOpened(recent) {
    const opened = /** @type {Opened} */ (this.#opened);
    const isPrescription = this.#kind === "prescription";
    for (const tab of this.panel.querySelectorAll("[data-write]")) {
      setAttribute(tab, "aria-selected", String(/** @type {HTMLElement} */ (tab).dataset.write === this.#kind));
    }
    find("#prescription").hidden = !isPrescription;
    find("#certificate").hidden = isPrescription;
    find("#writing-template").hidden = !isPrescription;
    this.#showPatients(recent);
    const name = `draft:${this.me.id}:${this.#kind}:${opened.token}`;
    const kept = unsaved(name);
    const edit = opened.draft?.edit ?? 0;
    this.#fill(kept ? kept.content : (opened.draft?.content ?? null));
    this.#draft = new Draft({
      address: address(opened.token, this.#kind),
      name,
      edit: kept ? kept.edit : edit,
      onState: (state, message) => this.#showState(state, message),
      onAnswer: (answer) => this.#answered(answer),
      onConflict: () => this.#showConflict(true),
    });
    this.#showConflict(false);
    this.#showState("saved", "");
    this.#showSigned();
    this.#warnOfAnother();
    if (kept) this.#draft.change(kept.content);
    else if (opened.draft) void this.#checkAgain(opened.draft.content);
  }

  /** @param {any} content */
  #fill(content) {
    const opened = /** @type {Opened} */ (this.#opened);
    const person = opened.patient ?? content?.person ?? { name: "", age: "", sex: "unsaid" };
    for (const name of PERSON) {
      const field = this.#personField(name);
      field.value = String(person[name] ?? "");
      field.disabled = opened.patient !== null;
    }
    if (this.#kind === "prescription") {
      const { last } = opened;
      this.prescription.show(content, last?.content ?? null, last ? day(new Date(last.at)) : "");
    } else {
      this.certificate.show(content, content?.language ?? language(), localDay(this.now()));
    }
  }

  #content() {
    const opened = /** @type {Opened} */ (this.#opened);
    const person = opened.patient ? { name: "", age: "", sex: "unsaid" } : Object.fromEntries(PERSON.map((name) => [name, this.#personField(name).value]));
    return { ...(this.#kind === "prescription" ? this.prescription.content() : this.certificate.content()), person };
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
      if (!(await draft.settle())) return;
      this.#fillDialog(opened);
      if (!(await askDialog("sign-dialog")) || draft !== this.#draft) return;
      const signed = await post(`${draft.address}/sign`, { edit: draft.edit }, { key: newKey(), timeout: 15_000, attempts: 5 });
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
      this.#showButtons();
    }
  }

  /** @param {Opened} opened */
  #fillDialog(opened) {
    const isPrescription = this.#kind === "prescription";
    const person = opened.patient?.name ?? this.#personField("name").value.trim();
    setText(find("#sign-dialog-title"), text(isPrescription ? "rx_sign_for" : "certificate_sign_for", { number: opened.number }));
    setText(find("#sign-person"), person || text("write_no_name"));
    const lines = isPrescription ? this.prescription.words() : [];
    find("#sign-lines").replaceChildren(
      ...lines.map(([name, dose, more, warning]) =>
        el("li", {}, el("strong", {}, name), " ", el("span", { class: "sign-dose" }, dose), more ? ` · ${more}` : "", warning ? el("span", { class: "badge", "data-kind": "warn" }, icon("warning"), warning) : null),
      ),
    );
    const body = isPrescription ? this.prescription.note.value : (find("#certificate-text").textContent ?? "");
    setText(find("#sign-text"), body);
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

  async #keepTemplate() {
    const { lines, diagnosis, note: remark } = this.prescription.content();
    if (!diagnosis.trim()) {
      this.prescription.diagnosis.focus();
      return setText(find("#writing-fault"), text("template_needs_diagnosis"));
    }
    await this.#keep("templates", { diagnosis, content: { lines, note: remark } }, text("template_kept", { name: diagnosis.trim() }));
  }

  /** @param {import("./prescription-search.js").Choice} choice */
  async #forgetChoice(choice) {
    if (choice.kind === "favourite") await this.#keep(`favourites/${choice.favourite.id}/remove`, {}, "");
    if (choice.kind === "template") await this.#keep(`templates/${choice.template.id}/remove`, {}, "");
  }

  /**
   * @param {string} where
   * @param {any} body
   * @param {string} said  what the doctor is told when it is done
   */
  async #keep(where, body, said) {
    try {
      this.#takeFavourites(await post(`/doctor/writing/${where}`, body));
      if (said) note("kept", said, { icon: "check" });
    } catch (error) {
      this.#complain(error);
    }
  }

  async #loadFavourites() {
    if (this.#hasFavourites) return;
    this.#takeFavourites(await ask("/doctor/writing/favourites"));
    this.#hasFavourites = true;
  }

  /** @param {any} answer */
  #takeFavourites(answer) {
    this.prescription.search.favourites = answer.favourites;
    this.prescription.search.templates = answer.regimens;
    this.prescription.search.reset();
  }

  /** @returns {Promise<{token: number, number: string, drafts: string[]}[]>} */
  async #recent() {
    return (await ask("/doctor/writing/recent")).patients;
  }

  #takeOver() {
    const draft = this.#draft;
    if (!draft || !this.#opened) return;
    this.#showConflict(false);
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

  /** @param {{token: number, number: string, drafts: string[]}[]} recent */
  #showPatients(recent) {
    const opened = /** @type {Opened} */ (this.#opened);
    const select = find("#writing-patient");
    const known = recent.some(({ token }) => token === opened.token) ? recent : [{ token: opened.token, number: opened.number, drafts: [] }, ...recent];
    select.replaceChildren(
      ...known.map(({ token, number, drafts }) => {
        const marks = [token === this.#view?.current?.id ? text("write_in_room") : "", drafts.length && token !== opened.token ? text("write_unsigned") : ""];
        return el("option", { value: token, selected: token === opened.token }, [number, ...marks.filter(Boolean)].join(" · "));
      }),
    );
  }

  #showSigned() {
    const opened = /** @type {Opened} */ (this.#opened);
    const newest = new Map(opened.signed.map((paperOf) => [paperOf.number ?? "", 0]));
    find("#writing-signed").replaceChildren(
      ...opened.signed.map((one) => {
        const isNewest = (newest.get(one.number ?? "") ?? 0) < one.version;
        if (isNewest) newest.set(one.number ?? "", one.version);
        const name = [text(this.#kind === "prescription" ? "paper_prescription" : "paper_certificate"), one.number, one.version > 1 ? text("paper_version", { version: one.version }) : ""];
        const mayCorrect = isNewest && one.doctor === this.me.id && opened.corrects !== one.version;
        return el(
          "li",
          { class: "signed", "data-old": !isNewest },
          icon(isNewest ? "check" : "expired"),
          el("span", { class: "signed-name" }, name.filter(Boolean).join(" "), " · ", isNewest ? text("paper_signed_at", { time: clock(new Date(one.at)) }) : text("paper_replaced")),
          el("a", { class: "button", href: paper(one.document), target: "_blank" }, icon("printer"), el("span", {}, text("paper_print"))),
          mayCorrect && el("button", { class: "button button-quiet", type: "button", onclick: () => void this.#correct(one.id) }, text("paper_correct")),
        );
      }),
    );
    const badge = find("#writing-correction");
    badge.hidden = opened.corrects === null;
    if (opened.corrects !== null) setText(badge, text("paper_correction", { version: opened.corrects }));
    this.#showButtons();
  }

  #showButtons() {
    const isNothing = this.#isNothing();
    for (const name of ["sign", "discard"]) setAttribute(find(`#writing-${name}`), "aria-disabled", isNothing ? "true" : null);
    setAttribute(find("#writing-template"), "aria-disabled", this.prescription.content().lines.length ? null : "true");
  }

  /**
   * @param {import("./drafts.js").DraftState} state
   * @param {string} message
   */
  #showState(state, message) {
    const isNothing = (this.#draft?.edit ?? 0) === 0 && state === "saved";
    const shown = find("#writing-state");
    shown.dataset.state = state;
    setText(shown, isNothing ? "" : text(`draft_${state}`));
    setText(find("#writing-fault"), state === "refused" ? message : "");
  }

  /** @param {boolean} isShown */
  #showConflict(isShown) {
    find("#writing-conflict").hidden = !isShown;
  }

  /** Another patient is in the room while this one's paper is not finished. */
  #warnOfAnother() {
    const current = this.#view?.current;
    const warning = find("#writing-warning");
    const isOther = Boolean(this.#opened && current && current.id !== this.#opened.token);
    warning.hidden = !isOther;
    if (isOther && current && this.#opened) setText(warning.querySelector("p"), text("write_other", { number: this.#opened.number, current: current.number }));
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
    else if (field.startsWith("person.")) this.#personField(field.split(".")[1] ?? "name").focus();
    else if (field && this.#kind === "certificate") this.certificate.fault(field);
    if (known.code === "changed_meanwhile") this.#showConflict(true);
    else if (known.status === 422) setText(find("#writing-fault"), known.message);
    else {
      const words = text(`error_${known.code}`);
      note("writing", words === `error_${known.code}` ? known.message || text("error_bad_answer") : words, { icon: "warning" });
    }
  }

  /** @param {string} name @returns {HTMLInputElement} */
  #personField(name) {
    return /** @type {HTMLInputElement} */ (find(`#field-person-${name}`));
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

/** @param {number} document @returns {string} where the paper can be read and printed */
function paper(document) {
  return `/doctor/documents/${document}`;
}

/** @param {Date} moment @returns {string} "2026-11-23", in the clinic's time zone */
function localDay(moment) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: pageData().time_zone }).format(moment);
}
