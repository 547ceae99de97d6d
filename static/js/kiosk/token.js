/** The number, for as long as a person needs to take it in. */
import { find, setAttribute, setIcon, setText } from "../shared/dom.js";
import { fitting } from "../shared/fit.js";
import { awayWords, firstWords, waitRange } from "../shared/format.js";
import { post } from "../shared/post.js";
import { text } from "../shared/texts.js";
import { englishOf, nameOf, showSign } from "./departments.js";
import { isSaying } from "./saying.js";
import { slipState } from "./slip.js";
import { aboutPeople } from "./words.js";

/** With a slip in the hand. */
export const SHOWN_MS = 25_000;
/** Without one: time to write the number down or to take a photograph. */
export const SHOWN_WITHOUT_SLIP_MS = 60_000;

const ICONS = { printing: "printer", printed: "printer-ok", unconfirmed: "printer-out", none: "phone" };
/** States in which whoever leaves has been told to do without a slip. */
const GIVEN_UP = new Set(["none", "unconfirmed"]);
const KINDS = { printing: "info", printed: "ok", unconfirmed: "warn", none: "warn" };

/** @typedef {Partial<import("../shared/views.js").KioskView>} News  what the server has said so far */

/**
 * The token's screen.
 *
 * @param {() => void} onDone  the patient has gone, or the time is over
 */
export function tokenScreen(onDone) {
  const screen = find("#token").parentElement ?? document.body;
  const fit = fitting(screen, ".slip, .follow", ".slip-department, .slip-number, .facts, .sit, .keep, .kept, .scan p");
  /** @type {import("./presses.js").Answer | null} */
  let answer = null;
  /** @type {News} */
  let news = {};
  let givenAt = 0;
  let endsAt = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  const drawDepartment = () => {
    const department = news.departments?.find((known) => known.code === answer?.department);
    if (!department) return;
    setAttribute(find("#token"), "data-colour", department.colour);
    showSign(find("#token-plate"), department);
    setText(find("#token-department"), nameOf(department));
    setText(find("#token-english"), englishOf(department));
    setText(find("#token-away > span"), awayWords(department.away));
    setAttribute(find("#token-away"), "hidden", !department.away);
  };

  const drawPaper = () => {
    if (!answer) return;
    const job = answer.print_job;
    const waited = performance.now() - givenAt;
    const state = job === null ? "none" : slipState(news.prints?.[job], news.printer, waited);
    if (screen.dataset.slip === state) return;
    const isNew = screen.dataset.slip === undefined;
    screen.dataset.slip = state;
    setAttribute(find("#paper"), "data-kind", KINDS[state]);
    const picture = find("#paper").querySelector("svg");
    if (picture) setIcon(picture, ICONS[state]);
    setText(find("#paper-words"), text(`slip_${state}`));
    fit();
    stayFor(state === "printed" ? SHOWN_MS : SHOWN_WITHOUT_SLIP_MS, { isNew, mayShorten: state === "printed" });
  };

  /**
   * @param {number} duration  milliseconds from now
   * @param {{isNew?: boolean, mayShorten?: boolean}} [how]
   */
  const stayFor = (duration, { isNew = false, mayShorten = false } = {}) => {
    const wanted = performance.now() + duration;
    endsAt = isNew || mayShorten ? wanted : Math.max(endsAt, wanted);
  };

  const tick = () => {
    drawPaper();
    if (isSaying()) stayFor(SHOWN_MS);
    const left = endsAt - performance.now();
    find("#done-left").style.setProperty("--left", String(Math.max(0, Math.min(1, left / SHOWN_MS))));
    if (left <= 0) onDone();
  };

  // Whoever touches the screen or presses a key is still reading.
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => {
      if (answer) stayFor(SHOWN_MS);
    });
  }
  find("#done").addEventListener("click", onDone);
  find("#qr").addEventListener("error", () => setAttribute(find("#scan"), "hidden", true));

  return {
    /**
     * @param {import("./presses.js").Answer} given
     * @param {boolean} isAssisted
     */
    show(given, isAssisted) {
      answer = given;
      givenAt = performance.now();
      drawDepartment();
      setText(find("#token-number"), given.number);
      screen.style.setProperty("--letters", String(given.number.length));
      setAttribute(find("#token-assisted"), "hidden", !isAssisted);
      setText(find("#token-ahead"), given.is_kept ? text("kept_later") : given.ahead ? aboutPeople("ahead", given.ahead) : firstWords(given.away));
      setText(find("#token-wait"), waitRange(given.wait));
      setAttribute(find("#token-wait-fact"), "hidden", !given.wait);
      setAttribute(find("#token-closing"), "hidden", !given.wait?.late);
      setAttribute(find("#scan"), "hidden", false);
      setAttribute(find("#qr"), "src", given.qr);
      drawPaper();
      tick();
      timer = setInterval(tick, 250);
      fit();
    },
    /** @param {News} latest  what the server says of departments, printer and prints */
    hear(latest) {
      news = latest;
      drawDepartment();
      drawPaper();
      fit();
    },
    /** Nothing is left of the number; a slip that the screen has given up may not come out before the next patient. */
    wipe() {
      const job = answer?.print_job;
      if (job && GIVEN_UP.has(screen.dataset.slip ?? "")) post(`/kiosk/prints/${job}/given-up`).catch(() => undefined);
      answer = null;
      clearInterval(timer);
      delete screen.dataset.slip;
      for (const place of ["#token-number", "#token-ahead", "#token-wait", "#paper-words"]) setText(find(place), "");
      setAttribute(find("#qr"), "src", null);
    },
  };
}
