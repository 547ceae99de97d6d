/** Choosing a department. */
import { el, find, icon, reconcile, setAttribute, setIcon, setText } from "../shared/dom.js";
import { fitting } from "../shared/fit.js";
import { awayWords, clock, waitRange } from "../shared/format.js";
import { language, text, textIn } from "../shared/texts.js";
import { canSay } from "../shared/voice.js";
import { wordsOf } from "./ears.js";
import { hasLargerLetters } from "./look.js";
import { say } from "./saying.js";
import { askWith } from "./screens.js";
import { aboutPeople, notice } from "./words.js";

/** An opening later than this is another day's; the desk knows more. */
const SOON_MS = 12 * 3600 * 1000;

/** As many choices as a person takes in at a glance; and how many there are of them where letters are larger. */
const ON_A_SCREEN = 8;
const LARGE_ON_A_SCREEN = 4;

/**
 * @typedef {import("../shared/format.js").Wait} Wait
 * @typedef {import("../shared/views.js").DepartmentView} Department
 */

/**
 * @param {{names: Record<string, string>, code: string}} department
 * @returns {string}  its name in the language of the screen or what stands in for it, else its code
 */
export function nameOf(department) {
  return textIn(department.names) || department.code;
}

/**
 * @param {Department} department
 * @returns {string}  its English name where the screen speaks another language, else nothing
 */
export function englishOf(department) {
  const english = department.names.en ?? "";
  return english === nameOf(department) ? "" : english;
}

/**
 * Show a department's sign.
 *
 * @param {Element} plate
 * @param {{icon: string, colour: string}} department
 */
export function showSign(plate, department) {
  setAttribute(plate, "data-colour", department.colour);
  const picture = plate.querySelector("svg");
  if (picture) setIcon(picture, department.icon);
}

/**
 * The departments' screen.
 *
 * @param {(department: Department, priority: "normal" | "assisted") => void} onChosen
 */
export function departmentsScreen(onChosen) {
  const list = find("#departments");
  const assist = find("#assist");
  const more = find("#more");
  const closing = /** @type {HTMLDialogElement} */ (find("#closing"));
  let warned = "";
  /** @type {Department[]} */
  let all = [];
  /** what is wiped between two patients */
  const choosing = { isAssisted: false, page: 0 };
  const fit = fitting(list, ".tile", ".names, .facts");
  const fitHeading = fitting(find("[data-screen=departments] .bar"), ".bar", "h1");

  const draw = () => {
    const most = hasLargerLetters() ? LARGE_ON_A_SCREEN : ON_A_SCREEN;
    const pages = Math.max(1, Math.ceil(all.length / most));
    choosing.page %= pages;
    const onPage = all.slice(choosing.page * most, (choosing.page + 1) * most);
    setAttribute(list, "data-count", onPage.length);
    reconcile(list, onPage, (department) => department.code, makeTile, updateTile);
    setAttribute(find("#more-row"), "hidden", pages === 1);
    setAttribute(assist, "aria-pressed", String(choosing.isAssisted));
    setAttribute(find("#all-closed"), "hidden", all.length === 0 || all.some((department) => department.is_open));
    fit();
    fitHeading();
  };

  /** @param {string} code */
  const choose = (code) => {
    const department = all.find((known) => known.code === code);
    if (!department) return;
    if (department.is_closing) warn(department);
    else if (department.is_open) take(department);
    else notice(text("just_closed", { department: nameOf(department) }), closedSign(department));
  };

  /** @param {Department} department */
  const take = (department) => onChosen(department, choosing.isAssisted ? "assisted" : "normal");

  /** @param {Department} department  whose forecast passes its closing time */
  const warn = (department) => {
    warned = department.code;
    setText(find("#closing-department"), nameOf(department));
    askWith(closing);
  };
  find("#closing-take").addEventListener("click", () => {
    closing.close();
    const department = all.find((known) => known.code === warned);
    if (department?.is_open) take(department);
  });
  find("#closing-leave").addEventListener("click", () => closing.close());

  list.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const code = button?.parentElement?.dataset.code;
    if (!button || code === undefined) return;
    if (button.classList.contains("hear")) void say(wordsOf(find(".tile", button.parentElement ?? list)), language());
    else choose(code);
  });
  assist.addEventListener("click", () => {
    choosing.isAssisted = !choosing.isAssisted;
    draw();
  });
  more.addEventListener("click", () => {
    choosing.page += 1;
    draw();
  });

  return {
    /** @param {Department[]} departments  as they are now */
    show(departments) {
      all = departments;
      draw();
    },
    /** Draws again, in the language of the screen. */
    draw,
    /** Nothing is left of the last patient's choices. */
    wipe() {
      closing.close();
      choosing.isAssisted = false;
      choosing.page = 0;
      draw();
    },
  };
}

/**
 * @param {Department} department
 * @returns {HTMLLIElement}
 */
function makeTile(department) {
  return el(
    "li",
    { class: "department", "data-code": department.code },
    el(
      "button",
      { class: "tile", type: "button" },
      el("span", { class: "plate", "aria-hidden": "true" }, icon(department.icon)),
      el("span", { class: "names" }, el("strong", { class: "tile-name" }), el("span", { class: "english", lang: "en" })),
      el(
        "span",
        { class: "facts" },
        el("span", { class: "fact fact-people" }, icon("people"), el("span")),
        el("span", { class: "fact fact-wait" }, icon("clock"), el("span")),
        el("span", { class: "fact fact-away" }, icon("break"), el("span")),
        el("span", { class: "fact fact-closing" }, icon("warning"), el("span")),
        el("span", { class: "fact fact-closed" }, icon("later"), el("span", {}, el("strong"), el("span"))),
      ),
    ),
    el("button", { class: "button hear", type: "button" }, icon("speaker")),
  );
}

/**
 * @param {HTMLLIElement} tile
 * @param {Department} department
 */
function updateTile(tile, department) {
  const wait = waitRange(department.wait);
  const colour = department.is_open ? department.colour : "slate";
  setAttribute(tile, "data-colour", colour);
  setAttribute(find(".tile", tile), "aria-disabled", department.is_open ? null : "true");
  showSign(find(".plate", tile), { ...department, colour });
  setText(find(".tile-name", tile), nameOf(department));
  setText(find(".english", tile), englishOf(department));
  setText(find(".fact-people > span", tile), people(department));
  setText(find(".fact-wait > span", tile), wait);
  setText(find(".fact-away > span", tile), awayWords(department.away));
  setText(find(".fact-closing > span", tile), text("closing_soon"));
  setText(find(".fact-closed strong", tile), text("closed"));
  setText(find(".fact-closed span > span", tile), closedWhy(department));
  setIcon(/** @type {SVGSVGElement} */ (find(".fact-closed", tile).querySelector("svg")), closedSign(department));
  setAttribute(find(".tile", tile), "data-says", spoken(department));
  setAttribute(find(".fact-people", tile), "hidden", !department.is_open || department.waiting === null);
  setAttribute(find(".fact-wait", tile), "hidden", !department.is_open || department.is_closing || wait === "");
  setAttribute(find(".fact-away", tile), "hidden", !department.away);
  setAttribute(find(".fact-closing", tile), "hidden", !department.is_closing);
  setAttribute(find(".fact-closed", tile), "hidden", department.is_open);
  const hear = find(".hear", tile);
  setAttribute(hear, "hidden", !canSay(language()));
  setAttribute(hear, "aria-label", text("hear", { words: nameOf(department) }));
}

/**
 * @param {Department} department  one that is closed
 * @returns {string}
 */
function closedWhy({ why, opens_at: opensAt }) {
  if (why === "quota") return text("all_given");
  if (opensAt && Date.parse(opensAt) - Date.now() < SOON_MS) return text("opens_at", { time: clock(opensAt) });
  return text("closed_why");
}

/**
 * @param {Department} department
 * @returns {string}  how many wait, nothing where nobody knows: the keeper gives out numbers while the server is away
 */
function people({ waiting }) {
  return waiting === null ? "" : aboutPeople("waiting", waiting);
}

/**
 * @param {Department} department  one that is closed
 * @returns {"later" | "counter"}   the picture of what is to be done
 */
function closedSign({ why, opens_at: opensAt }) {
  const isToday = opensAt !== null && Date.parse(opensAt) - Date.now() < SOON_MS;
  return why === "quota" || isToday ? "later" : "counter";
}

/**
 * @param {Department} department
 * @returns {string}
 */
function spoken(department) {
  // A name that no voice can say is told by the letter of its numbers.
  const name = canSay(language(), [nameOf(department)]) ? nameOf(department) : department.prefix;
  if (!department.is_open) return `${name}. ${text("closed")}. ${closedWhy(department)}`;
  const closing = department.is_closing ? text("closing") : "";
  return [name, people(department), waitRange(department.wait), awayWords(department.away), closing].filter(Boolean).join(". ");
}
