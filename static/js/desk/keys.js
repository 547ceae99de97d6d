/**
 * Single keys of the desk. A letter counts by what is printed on the key, or, on a keyboard of another script, by where
 * the key is. Nothing happens while somebody types, while a dialog is open, or with Ctrl, Alt or Meta.
 */

/** @param {(key: string) => boolean} onKey  told of every key that counts; says whether it took it */
export function listenForKeys(onKey) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") /** @type {HTMLElement} */ (event.target).blur();
      return;
    }
    const key = keyOf(event);
    if (event.repeat && !key.startsWith("Arrow")) return;
    if (key === "Enter" && event.target instanceof Element && event.target.closest("a, button, summary")) return;
    if (onKey(key)) event.preventDefault();
  });
}

/**
 * @param {KeyboardEvent} event
 * @returns {string}  "n", "?", "1", "ArrowDown"
 */
export function keyOf(event) {
  if (/^[\x20-\x7e]$/.test(event.key)) return event.key.toLowerCase();
  const place = /^(?:Key|Digit)([A-Z0-9])$/.exec(event.code);
  return place?.[1] ? place[1].toLowerCase() : event.key;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=radio], [type=checkbox]), select, textarea"));
}
