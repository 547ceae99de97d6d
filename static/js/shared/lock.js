/**
 * Locks the page when nobody touches it, and opens it again as it was: what was typed stays where it is.
 *
 * The server is the one that locks: behind a locked login it sends nothing and does nothing. This page tells it that
 * somebody is here, hides what it shows, and asks for the PIN or the password. Several pages of one browser share a
 * login, so they share the last touch, the lock and the unlocking too.
 */
import { find, setText } from "./nodes.js";
import { post, PostError } from "./post.js";
import { fill } from "./texts.js";

const TOUCHED = "session-touched";
const TOLD_EVERY_MS = 20_000;
const LOOK_EVERY_MS = 2_000;

const dialog = /** @type {HTMLDialogElement} */ (find("#lock"));
const form = /** @type {HTMLFormElement} */ (find("form", dialog));
const input = /** @type {HTMLInputElement} */ (find("input[name=secret]", dialog));
const error = find("#lock-error");
const others = new BroadcastChannel("session");
const afterMs = Number(dialog.dataset.afterS) * 1000;

let isLocked = false;
let toldAt = Date.now();

localStorage.setItem(TOUCHED, String(Date.now()));
for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchstart"]) {
  addEventListener(kind, touch, { capture: true, passive: true });
}
setInterval(look, LOOK_EVERY_MS);
document.addEventListener("session-locked", show);
document.addEventListener("visibilitychange", look);
others.onmessage = (/** @type {MessageEvent<string>} */ { data }) => (data === "locked" ? show() : hide());
dialog.addEventListener("cancel", (event) => event.preventDefault());
dialog.addEventListener("close", () => {
  if (isLocked) dialog.showModal();
});
form.addEventListener("submit", unlock);
for (const one of document.querySelectorAll("[data-lock]")) {
  one.closest("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    lock();
  });
}

function touch() {
  if (isLocked) return;
  const now = Date.now();
  localStorage.setItem(TOUCHED, String(now));
  if (now - toldAt < TOLD_EVERY_MS) return;
  toldAt = now;
  // Where nobody answers there is nothing to keep open; a locked login is told by the post itself.
  post("/session/stay", {}, { attempts: 1 }).catch(() => {});
}

function look() {
  const touchedAt = Number(localStorage.getItem(TOUCHED) ?? 0);
  if (!isLocked && Date.now() - touchedAt >= afterMs) lock();
}

function lock() {
  show();
  others.postMessage("locked");
  // Where the server cannot be told, it locks by itself, since it hears of no touch either.
  post("/lock").catch(() => {});
}

function show() {
  if (isLocked) return;
  isLocked = true;
  document.documentElement.classList.add("is-locked");
  complain("");
  input.value = "";
  dialog.showModal();
  input.focus();
}

function hide() {
  if (!isLocked) return;
  isLocked = false;
  dialog.close();
  document.documentElement.classList.remove("is-locked");
  localStorage.setItem(TOUCHED, String(Date.now()));
  document.dispatchEvent(new CustomEvent("session-unlocked"));
}

/** @param {SubmitEvent} event */
async function unlock(event) {
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  try {
    await post("/unlock", { secret: input.value }, { attempts: 1 });
    hide();
    others.postMessage("unlocked");
  } catch (problem) {
    complain(sentenceOf(problem));
    input.select();
  } finally {
    form.ariaBusy = null;
  }
}

/**
 * @param {unknown} problem
 * @returns {string}
 */
function sentenceOf(problem) {
  const { wrong = "", wait = "", ended = "", away = "" } = dialog.dataset;
  if (!(problem instanceof PostError) || problem.status === 0) return away;
  if (problem.status === 429) return fill(wait, { count: problem.details.retry_after_s });
  return problem.code === "login_required" ? ended : wrong;
}

/** @param {string} sentence  empty to say nothing */
function complain(sentence) {
  error.hidden = sentence === "";
  setText(error.querySelector("p"), sentence);
}
