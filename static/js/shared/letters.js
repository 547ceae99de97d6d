/** Which key was pressed, whatever script the keyboard writes. */

/**
 * @param {KeyboardEvent} event
 * @returns {string}  "n", "?", "1", "ArrowDown"
 */
export function keyOf(event) {
  if (/^[\x20-\x7e]$/.test(event.key)) return event.key.toLowerCase();
  const place = /^(?:Key|Digit)([A-Z0-9])$/.exec(event.code);
  return place?.[1] ? place[1].toLowerCase() : event.key;
}
