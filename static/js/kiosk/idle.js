/** Noticing that a patient has walked away: a question after 40 s, the first screen 20 s later. */
import { find, setText } from "../shared/dom.js";
import { text } from "../shared/texts.js";
import { isSaying } from "./saying.js";
import { askWith } from "./screens.js";

export const QUIET_MS = 40_000;
export const WARNING_S = 20;

/**
 * @param {() => void} onLeft  nobody is there any more, or somebody wants to start again
 * @returns {{start: () => void, stop: () => void}}  `start` begins to watch, `stop` ends it
 */
export function watchIdle(onLeft) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#idle"));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isWatching = false;
  let endsAt = 0;

  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET_MS);
  };

  const ask = () => {
    if (isSaying()) return listen();
    endsAt = performance.now() + WARNING_S * 1000;
    askWith(dialog);
    countDown();
  };

  const countDown = () => {
    const left = Math.ceil((endsAt - performance.now()) / 1000);
    setText(find("#idle-seconds"), Math.max(0, left));
    setText(find("#idle-words"), text("starts_again", { seconds: Math.max(0, left) }));
    if (left <= 0) leave();
    else timer = setTimeout(countDown, 250);
  };

  const start = () => {
    isWatching = true;
    listen();
  };
  const stop = () => {
    isWatching = false;
    clearTimeout(timer);
    if (dialog.open) dialog.close();
  };
  const leave = () => {
    stop();
    onLeft();
  };
  const touched = () => {
    if (isWatching && !dialog.open) listen();
  };

  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touched, { capture: true });
  // A touch anywhere but on the ear says "here I am"; only one button says otherwise.
  dialog.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.target.closest(".hear")) return;
    if (event.target.closest("#idle-leave")) leave();
    else dialog.close();
  });
  dialog.addEventListener("close", () => {
    if (isWatching) listen();
  });
  return { start, stop };
}
