/** Printing the medicines of whoever holds a slip, after the four digits that it prints. */
import { find, setAttribute, setText } from "../shared/dom.js";
import { newKey, post, PostError } from "../shared/post.js";
import { text } from "../shared/texts.js";
import { show } from "./screens.js";
import { slipState } from "./slip.js";

const DIGITS = 4;
/** So long the screen says what became of the print. */
const SAID_MS = 20_000;

/**
 * The screen with the digits, and the one that says what became of the print.
 *
 * @param {{start: () => void, stop: () => void}} idle
 * @param {() => void} onDone  whoever was here has gone
 */
export function papersScreen(idle, onDone) {
  let key = "";
  let typed = "";
  let press = "";
  let isBusy = false;
  /** @type {number[]} */
  let jobs = [];
  let sentAt = 0;
  /** @type {Partial<import("../shared/views.js").KioskView>} */
  let news = {};
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  const draw = () => {
    setText(find("#papers-typed"), typed.padEnd(DIGITS, "·"));
    setAttribute(find("#papers-print"), "disabled", typed.length < DIGITS || isBusy);
  };

  /** @param {string} digit */
  const type = (digit) => {
    setText(find("#papers-wrong"), "");
    typed = digit === "delete" ? typed.slice(0, -1) : (typed + digit).slice(0, DIGITS);
    press = newKey();
    draw();
  };

  const send = async () => {
    if (isBusy || typed.length < DIGITS) return;
    isBusy = true;
    draw();
    const sentFor = key;
    try {
      const answer = await post("/kiosk/papers", { key, digits: typed }, { key: press });
      if (sentFor === key) sent(answer.print_jobs);
    } catch (error) {
      if (sentFor === key) refused(error);
    } finally {
      isBusy = false;
      draw();
    }
  };

  /** @param {number[]} queued */
  const sent = (queued) => {
    jobs = queued;
    sentAt = performance.now();
    typed = "";
    idle.stop();
    say();
    show("papers-sent");
    timer = setInterval(say, 250);
  };

  const say = () => {
    const waited = performance.now() - sentAt;
    const states = jobs.map((job) => slipState(news.prints?.[job], news.printer, waited));
    const worst = ["none", "unconfirmed", "printing"].find((state) => states.some((one) => one === state)) ?? "printed";
    setText(find("#papers-state"), text(worst === "none" ? "papers_failed" : `papers_${worst}`));
    if (waited > SAID_MS + (worst === "printing" ? SAID_MS : 0)) onDone();
  };

  /** @param {unknown} error */
  const refused = (error) => {
    const code = error instanceof PostError ? error.code : "";
    typed = "";
    setText(find("#papers-wrong"), text(REFUSED[code] ?? "failed"));
  };

  const wipe = () => {
    key = "";
    typed = "";
    press = newKey();
    jobs = [];
    clearInterval(timer);
    setText(find("#papers-wrong"), "");
    setText(find("#papers-state"), "");
    draw();
  };

  for (const button of document.querySelectorAll("[data-digit]")) {
    button.addEventListener("click", () => type(/** @type {HTMLElement} */ (button).dataset.digit ?? ""));
  }
  find("#papers-print").addEventListener("click", () => void send());
  draw();

  return {
    wipe,
    /** @param {string} link  key of the slip that was scanned */
    open(link) {
      wipe();
      key = link;
      show("papers");
      idle.start();
    },
    /** @param {Partial<import("../shared/views.js").KioskView>} latest  what the server says of printer and prints */
    hear(latest) {
      news = latest;
    },
  };
}

/** @type {Record<string, string>} */
const REFUSED = {
  wrong_digits: "papers_wrong",
  unknown_medicines: "papers_none",
  unknown_papers: "papers_none",
  unknown_token: "papers_none",
  bad_input: "papers_failed",
  too_many_requests: "papers_later",
};
