/**
 * A scanner of QR and bar codes is a keyboard that types faster than anybody, and ends with Enter.
 *
 * A slip's code is an address and begins with "ht". An H outside of a field is therefore held back for a blink: what
 * follows it so fast is a slip's code, none of whose letters presses a button of the page. Any other code is known only
 * after some keys; the rest of it, and its Enter, which would press the button that has the focus, do nothing.
 */

/** Keys of a scanner follow one another within so long; those of people do not. */
const BLINK_MS = 60;
/** So many keys in a row, each within a blink, are no person's. */
const SHORTEST = 6;
/** So many before an Enter are none either, where the first of them has opened a form. */
const SHORTEST_IN_A_FORM = 5;
/** What is a scanner's for certain may falter for so long: the rest of its code must not press buttons on a machine that is busy. */
const FALTER_MS = 2_000;
const LONGEST = 500;
/** How every slip's code begins. */
const BEGINS = "ht";
/** The end of a slip's address, whatever letters a scanner makes of the signs before it. */
const SLIP = /t[^A-Za-z0-9]([A-Za-z0-9_-]{24})$/;

/**
 * @param {string} code  what a scanner or camera has read
 * @returns {string | null}  the key of the slip's link; null when it is no slip's code
 */
export function slipKey(code) {
  return SLIP.exec(code.trim())?.[1] ?? null;
}

/**
 * @param {(code: string) => void} onScan  told of every code that was scanned, whatever it is
 * @param {() => boolean} [isListening]    whether codes are wanted now; otherwise keys are as always
 */
export function listenForScans(onScan, isListening = () => true) {
  /** what has been typed without a pause */
  let typed = "";
  let typedAt = 0;
  /** an H of which is not known yet whose it is @type {KeyboardEvent | null} */
  let held = null;
  /** @type {WeakSet<Event>} */
  const passedOn = new WeakSet();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const release = () => {
    clearTimeout(timer);
    const key = held;
    held = null;
    if (!key) return;
    const again = new KeyboardEvent("keydown", { key: key.key, code: key.code, shiftKey: key.shiftKey, bubbles: true, cancelable: true });
    passedOn.add(again);
    (document.activeElement ?? document.body).dispatchEvent(again);
  };

  const isScanner = () => typed.length >= SHORTEST || (typed.length >= BEGINS.length && typed.toLowerCase().startsWith(BEGINS));

  /** @param {KeyboardEvent} event */
  const swallow = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  /**
   * The first letter of a code may have opened a form, in which the rest is typed: its Enter does not send that.
   *
   * @param {KeyboardEvent} event
   */
  const hearInForm = (event) => {
    const isCode = event.timeStamp - typedAt <= BLINK_MS && typed !== "";
    typedAt = event.timeStamp;
    if (isCode && event.key === "Enter" && typed.length >= SHORTEST_IN_A_FORM) swallow(event);
    typed = isCode && event.key.length === 1 && typed.length < LONGEST ? typed + event.key : "";
  };

  /** @param {KeyboardEvent} event */
  const hear = (event) => {
    if (passedOn.has(event) || event.key === "Shift") return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (!isListening() || isTyping(event.target)) return hearInForm(event);
    const isPaused = event.timeStamp - typedAt > (isScanner() ? FALTER_MS : BLINK_MS);
    if (isPaused) typed = "";
    typedAt = event.timeStamp;
    if (event.key === "Enter" && isScanner()) {
      const code = typed;
      typed = "";
      swallow(event);
      if (code.length >= SHORTEST) onScan(code);
      return;
    }
    typed = event.key.length === 1 && typed.length < LONGEST ? typed + event.key : "";
    if (isScanner()) {
      held = null;
      clearTimeout(timer);
      swallow(event);
    } else if (typed.toLowerCase() === BEGINS.charAt(0) && !event.repeat) {
      swallow(event);
      held = event;
      timer = setTimeout(release, BLINK_MS);
    } else release();
  };

  document.addEventListener("keydown", hear, { capture: true });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=radio], [type=checkbox]), select, textarea"));
}
