/**
 * A display hangs for months and the server is renewed meanwhile: once the line is back, see whether this page is still
 * the one that the server gives out. It is loaded anew only when the server has just answered, so that nobody sees a
 * browser's or a proxy's own error page.
 */
import { askServer } from "../shared/shell.js";

const IDLE_CHECK_MS = 1000;
const IDLE_CHECKS = 120;
const RELOADED_FOR = "reloaded-for";

/**
 * Reload if the server has another version of the pages, as soon as nothing is being announced.
 *
 * @param {string} version       of this page
 * @param {() => boolean} isIdle
 */
export async function reloadIfNewer(version, isIdle) {
  const newest = await newestVersion();
  // Once for each version: where something on the way keeps the new page from coming, a display must not flicker.
  if (!newest || newest === version || newest === sessionStorage.getItem(RELOADED_FOR)) return;
  for (let check = 0; check < IDLE_CHECKS && !isIdle(); check += 1) await new Promise((resolve) => setTimeout(resolve, IDLE_CHECK_MS));
  sessionStorage.setItem(RELOADED_FOR, newest);
  await reloadOnceServed(IDLE_CHECK_MS);
}

/**
 * Reload as soon as the server answers with any page of its own.
 *
 * @param {number} every  milliseconds between two looks, the first one after as many
 */
export async function reloadOnceServed(every) {
  do await new Promise((resolve) => setTimeout(resolve, every));
  while ((await newestVersion()) === undefined);
  location.reload();
}

function newestVersion() {
  return askServer(location.pathname, "Display-Version");
}
