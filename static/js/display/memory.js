/**
 * What a display remembers across reloads and power cuts, one entry for each board. A browser writes it to its disk
 * within seconds; what a power cut takes of it is announced again rather than lost.
 */

/**
 * @param {string} board
 * @returns {string[] | null}  marks of announced calls; null when nothing is remembered, or nothing of ours
 */
export function recall(board) {
  try {
    const found = JSON.parse(localStorage.getItem(name(board)) ?? "null");
    return Array.isArray(found?.done) ? found.done.map(String) : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} board
 * @param {number} last             highest call_id announced
 * @param {readonly string[]} done  marks of announced calls
 */
export function remember(board, last, done) {
  const entry = JSON.stringify({ last, done });
  try {
    if (localStorage.getItem(name(board)) !== entry) localStorage.setItem(name(board), entry);
  } catch {
    // A browser without storage announces as a first start does; there is nobody at a display to tell.
  }
}

/** @param {string} board */
function name(board) {
  return `display:${board}`;
}
