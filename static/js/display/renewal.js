/**
 * A display hangs for months and the server is renewed meanwhile: once the line is back, see whether this page is still
 * the one that the server gives out.
 */
const IDLE_CHECK_MS = 1000;
const IDLE_CHECKS = 120;

/**
 * Reload if the server has another version of the pages, as soon as nothing is being announced.
 *
 * @param {string} version       of this page
 * @param {() => boolean} isIdle
 */
export async function reloadIfNewer(version, isIdle) {
  const newest = await newestVersion();
  if (newest === null || newest === version) return;
  for (let check = 0; check < IDLE_CHECKS && !isIdle(); check += 1) await new Promise((resolve) => setTimeout(resolve, IDLE_CHECK_MS));
  location.reload();
}

/** @returns {Promise<string | null>} null when the server did not say */
async function newestVersion() {
  try {
    const response = await fetch(location.href, { method: "HEAD", headers: { Accept: "text/html" } });
    return response.headers.get("Display-Version");
  } catch {
    return null;
  }
}
