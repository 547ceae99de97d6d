/**
 * The sheet of what was done without the server, filled in with the keyboard: a number, A or M, Enter. The same is done
 * by the buttons of the rows; the server checks it all.
 */
import { find, setText } from "./dom.js";
import { text } from "./texts.js";

/** What a letter means; n takes back what was chosen. @type {Record<string, string>} */
const LETTERS = { a: "attend", m: "miss", n: "" };

const form = /** @type {HTMLFormElement} */ (find("#sheet"));
const quick = /** @type {HTMLInputElement} */ (find("#quick"));

find("#quick-place").hidden = false;
quick.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  if (quick.value.trim() === "") form.requestSubmit(/** @type {HTMLElement} */ (find("#check")));
  else take(quick.value);
});
form.addEventListener("change", count);
count();
/** @type {HTMLElement} */ (form.querySelector("[name=sure]") ?? quick).focus();

/** @param {string} typed  such as "12 a" */
function take(typed) {
  const [, number = "", letter = ""] = /^(.*\d)\W*([a-z]?)\W*$/i.exec(typed) ?? [];
  const outcome = LETTERS[letter.toLowerCase()];
  if (number === "" || outcome === undefined) return say("sheet_how", typed);
  const rows = named(number);
  if (rows.length !== 1) return say(rows.length > 1 ? "sheet_several" : "sheet_unknown", number);
  const [row] = rows;
  const button = /** @type {HTMLInputElement | null | undefined} */ (row?.querySelector(`input[value="${outcome}"]`));
  if (!row || !button) return say("sheet_not_possible", row?.dataset.number ?? number);
  button.checked = true;
  row.scrollIntoView({ block: "nearest" });
  quick.value = "";
  say(`sheet_${outcome || "nothing"}`, row.dataset.number ?? number);
  count();
}

/**
 * The rows that a number may mean; the whole number goes before a short name of another one.
 *
 * @param {string} number
 * @returns {HTMLElement[]}
 */
function named(number) {
  const rows = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-names]")]);
  const exact = rows.filter((row) => row.dataset.number === number.trim().toUpperCase());
  return exact.length > 0 ? exact : rows.filter((row) => row.dataset.names?.split(" ").includes(withoutSigns(number)));
}

/**
 * As `without_signs` of queue_server/domain/queue/afterwards.py.
 *
 * @param {string} number
 */
function withoutSigns(number) {
  return number
    .replace(/(?<=\d)[\W_]+(?=\d)/g, "-")
    .replace(/(?<!\d)[\W_]+|[\W_]+(?!\d)/g, "")
    .replace(/(?<!\d)0+(?=\d)/g, "")
    .toUpperCase();
}

/**
 * @param {string} key
 * @param {string} number
 */
function say(key, number) {
  setText(find("#quick-said"), text(key, { number }));
}

function count() {
  setText(find("#chosen"), text("sheet_chosen", { attended: countOf("attend"), missed: countOf("miss") }));
}

/** @param {string} outcome */
function countOf(outcome) {
  return form.querySelectorAll(`input[value="${outcome}"]:checked`).length;
}
