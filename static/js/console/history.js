/**
 * The present patient's records: this visit's documents, past visits, and files to hand in, by a button, by the
 * phone's camera, or dropped anywhere on the console. Files go one after another; each shows how far it is.
 */
import { el, find, icon, setAttribute, setText } from "../shared/dom.js";
import { note } from "../shared/notes.js";
import { text } from "../shared/texts.js";
import { ask, isDialogOpen } from "./dialogs.js";

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("../shared/views.js").FiledView} Filed
 * @typedef {import("../shared/views.js").VisitView} Visit
 * @typedef {import("../shared/views.js").RecordsView} History
 */

const LARGEST = 15 * 1024 * 1024;

let here = "";
/** @type {Entry | null} whose records are shown */
let shown = null;
/** @type {Promise<void>} the files that are on their way */
let queue = Promise.resolve();

/**
 * Let files be dropped anywhere on the page and chosen in the dialog.
 *
 * @param {string} path               of this room
 * @param {() => Entry | null} present  the patient to whom a dropped file belongs
 */
export function listenForFiles(path, present) {
  here = path;
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    find("#drop").dataset.over = "yes";
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) delete find("#drop").dataset.over;
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    delete find("#drop").dataset.over;
    const entry = find("#history-dialog").hasAttribute("open") ? shown : present();
    if (entry === null) return note("upload", text("upload_nobody"), { icon: "warning" });
    if (!isDialogOpen()) void openHistory(entry);
    add([...(event.dataTransfer?.files ?? [])], entry);
  });
  for (const id of ["#choose-files", "#take-photo"]) {
    const input = /** @type {HTMLInputElement} */ (find(id));
    input.addEventListener("change", () => {
      if (shown) add([...(input.files ?? [])], shown);
      input.value = "";
    });
  }
}

/**
 * Show the records of a patient who is in the room.
 *
 * @param {Entry} entry
 */
export async function openHistory(entry) {
  if (shown?.id !== entry.id) find("#uploads").replaceChildren();
  shown = entry;
  setText(find("#history-dialog-title"), text("history_title", { number: entry.number }));
  setText(find("#history-person"), "");
  const closed = ask("history-dialog");
  await load(entry);
  await closed;
}

/** @param {Entry} entry */
async function load(entry) {
  const answer = await fetch(`${here}/tokens/${entry.id}/history`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (shown?.id !== entry.id) return;
  if (!answer?.ok) {
    setText(find("#history-person"), text(answer ? "history_closed" : "upload_broken"));
    return;
  }
  /** @type {History} */
  const history = await answer.json();
  const { patient, documents, visits } = history;
  setText(find("#history-person"), patient ? text("history_person", patient) : text("history_walk_in"));
  find("#history-documents").replaceChildren(...documents.map((one) => line(one, entry)));
  find("#history-none").hidden = documents.length > 0;
  find("#history-visits-section").hidden = patient === null;
  find("#history-visits").replaceChildren(...visits.map((visit) => past(visit, entry)));
  find("#history-no-visits").hidden = visits.length > 0;
}

/**
 * @param {Visit} visit
 * @param {Entry} entry
 */
function past(visit, entry) {
  const who = [visit.departments.join(" → "), visit.doctors.join(", ")].filter(Boolean).join(" · ");
  return el(
    "div",
    { class: "past" },
    el("p", {}, el("b", {}, visit.day), " ", el("span", { class: "number" }, visit.number), el("span", { class: "quiet" }, ` ${who}`)),
    visit.documents.length > 0 && el("ul", { class: "files" }, ...visit.documents.map((one) => line({ ...one, can_remove: false }, entry))),
  );
}

/**
 * @param {Filed} one
 * @param {Entry} entry
 */
function line(one, entry) {
  if (one.is_damaged) return el("li", {}, icon("warning"), el("span", {}, `${text(`kind_${one.kind}`)}: ${text("document_damaged")}`));
  return el(
    "li",
    {},
    icon("document"),
    el("a", { href: `/doctor/documents/${one.id}`, target: "_blank", rel: "noopener" }, el("b", {}, text(`kind_${one.kind}`)), ` ${one.name}`),
    el("span", { class: "quiet" }, size(one.size)),
    one.can_remove && el("button", { class: "button button-quiet", type: "button", onclick: () => void takeBack(one, entry) }, text("take_back")),
  );
}

/** @param {number} bytes */
function size(bytes) {
  if (bytes < 1_000_000) return text("size_kb", { count: Math.max(1, Math.round(bytes / 1000)) });
  return text("size_mb", { count: (bytes / 1_000_000).toFixed(1) });
}

/**
 * @param {Filed} one
 * @param {Entry} entry
 */
async function takeBack(one, entry) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  await fetch(`${here}/tokens/${entry.id}/documents/${one.id}/remove`, { method: "POST", headers, body: "{}" }).catch(() => null);
  await load(entry);
}

/**
 * @param {File[]} files
 * @param {Entry} entry
 */
function add(files, entry) {
  const chosen = /** @type {HTMLInputElement | null} */ (document.querySelector("[name=document-kind]:checked"));
  const kind = chosen?.value ?? "report";
  for (const file of files) {
    const bar = el("progress", { max: 100, value: 0 });
    const words = el("span", { class: "upload-words" }, text("upload_waiting"));
    const row = el("li", { class: "upload" }, el("span", { class: "upload-name" }, file.name), bar, words);
    find("#uploads").append(row);
    queue = queue.then(() => sent(file, kind, entry, row, bar, words));
  }
}

/**
 * @param {File} file
 * @param {string} kind
 * @param {Entry} entry
 * @param {HTMLElement} row
 * @param {HTMLProgressElement} bar
 * @param {HTMLElement} words
 */
async function sent(file, kind, entry, row, bar, words) {
  const said = file.size > LARGEST ? { isDone: false, words: text("upload_large") } : await send(file, kind, entry, bar, words);
  setAttribute(row, "data-state", said.isDone ? "done" : "failed");
  bar.hidden = true;
  setText(words, said.words);
  if (said.isDone && shown?.id === entry.id) await load(entry);
}

/**
 * @param {File} file
 * @param {string} kind
 * @param {Entry} entry
 * @param {HTMLProgressElement} bar
 * @param {HTMLElement} words
 * @returns {Promise<{isDone: boolean, words: string}>}
 */
function send(file, kind, entry, bar, words) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much has gone up
    request.open("POST", `${here}/tokens/${entry.id}/documents`);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Document-Kind", kind);
    request.setRequestHeader("X-Document-Name", encodeURIComponent(file.name));
    request.upload.onprogress = (event) => {
      bar.value = event.total ? (100 * event.loaded) / event.total : 0;
      setText(words, `${Math.round(bar.value)} %`);
    };
    request.upload.onload = () => {
      bar.removeAttribute("value");
      setText(words, text("upload_checking"));
    };
    request.onload = () => {
      const said = request.response; // null when it is not JSON: something in between has answered in the server's place
      if (said?.id) resolve({ isDone: true, words: text(said.is_again ? "upload_again" : "upload_done") });
      else resolve({ isDone: false, words: said?.error?.message ?? text(inBetween(request.status), { status: request.status }) });
    };
    request.onerror = request.onabort = () => resolve({ isDone: false, words: text("upload_broken") });
    request.send(file);
  });
}

/**
 * What a proxy, a firewall or a network's login page has said about a file.
 *
 * @param {number} status
 */
function inBetween(status) {
  if (status === 413) return "upload_in_between_large";
  if ([502, 503, 504].includes(status)) return "upload_in_between_away";
  return "upload_in_between";
}

/** @param {DragEvent} event */
function hasFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}
