/** What the writing panel shows of papers and patients besides the fields. */
import { el, find, icon, setText } from "../shared/dom.js";
import { clock } from "../shared/format.js";
import { text } from "../shared/texts.js";

/**
 * @typedef {"prescription" | "certificate"} Kind
 * @typedef {{id: number, version: number, number: string | null, document: number, doctor: number, at: string}} Signed
 * @typedef {object} Opened  see the server's `Drafts.open`
 * @property {number} token
 * @property {string} number
 * @property {string} language
 * @property {{name: string, age: number | null, sex: string} | null} patient
 * @property {string} registration  the doctor's own number
 * @property {{edit: number, content: any, at: string} | null} draft
 * @property {number | null} corrects
 * @property {Signed[]} signed
 * @property {{content: any, at: string} | null} last
 * @typedef {{token: number, number: string, drafts: string[]}} Recent  a patient of today; kinds that are not signed
 */

/**
 * The papers that are signed, and whether the newest is being corrected.
 *
 * @param {Opened} opened
 * @param {Kind} kind
 * @param {number} doctor
 * @param {(record: number) => void} onCorrect
 */
export function showSigned(opened, kind, doctor, onCorrect) {
  const newest = new Map(opened.signed.map((paperOf) => [paperOf.number ?? "", 0]));
  find("#writing-signed").replaceChildren(
    ...opened.signed.map((one) => {
      const isNewest = (newest.get(one.number ?? "") ?? 0) < one.version;
      if (isNewest) newest.set(one.number ?? "", one.version);
      const name = [text(kind === "prescription" ? "paper_prescription" : "paper_certificate"), one.number, one.version > 1 ? text("paper_version", { version: one.version }) : ""];
      const mayCorrect = isNewest && one.doctor === doctor && opened.corrects !== one.version;
      return el(
        "li",
        { class: "signed", "data-old": !isNewest },
        icon(isNewest ? "check" : "expired"),
        el("span", { class: "signed-name" }, name.filter(Boolean).join(" "), " · ", isNewest ? text("paper_signed_at", { time: clock(new Date(one.at)) }) : text("paper_replaced")),
        el("a", { class: "button", href: paper(one.document), target: "_blank" }, icon("printer"), el("span", {}, text("paper_print"))),
        mayCorrect && el("button", { class: "button button-quiet", type: "button", onclick: () => onCorrect(one.id) }, text("paper_correct")),
      );
    }),
  );
  const badge = find("#writing-correction");
  badge.hidden = opened.corrects === null;
  if (opened.corrects !== null) setText(badge, text("paper_correction", { version: opened.corrects }));
}

/**
 * The doctor's patients of today, to choose from.
 *
 * @param {Recent[]} recent
 * @param {Opened} opened
 * @param {number | null} present  who is in the room
 */
export function showPatients(recent, opened, present) {
  const select = find("#writing-patient");
  const known = recent.some(({ token }) => token === opened.token) ? recent : [{ token: opened.token, number: opened.number, drafts: [] }, ...recent];
  select.replaceChildren(
    ...known.map(({ token, number, drafts }) => {
      const marks = [token === present ? text("write_in_room") : "", drafts.length && token !== opened.token ? text("write_unsigned") : ""];
      return el("option", { value: token, selected: token === opened.token }, [number, ...marks.filter(Boolean)].join(" · "));
    }),
  );
}

/**
 * What the doctor reads before a paper is final.
 *
 * @param {Kind} kind
 * @param {string} number
 * @param {string} person
 * @param {string[][]} lines  see `Prescription.words`
 * @param {string} body       advice, or the certificate's text
 */
export function fillSignDialog(kind, number, person, lines, body) {
  const isPrescription = kind === "prescription";
  setText(find("#sign-dialog-title"), text(isPrescription ? "rx_sign_for" : "certificate_sign_for", { number }));
  setText(find("#sign-person"), person || text("write_no_name"));
  find("#sign-lines").replaceChildren(
    ...lines.map(([name, dose, more, warning]) =>
      el("li", {}, el("strong", {}, name), " ", el("span", { class: "sign-dose" }, dose), more ? ` · ${more}` : "", warning ? el("span", { class: "badge", "data-kind": "warn" }, icon("warning"), warning) : null),
    ),
  );
  setText(find("#sign-text"), body);
}

/** @param {number} document @returns {string} where the paper can be read and printed */
export function paper(document) {
  return `/doctor/documents/${document}`;
}
