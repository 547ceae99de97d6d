/** Coming up whatever is served first: the worker that keeps a screen's page (see screen-worker.js). */

/**
 * Browsers have workers on https, on the machine itself, and where they are told to (see deploy/README.md).
 *
 * @param {string} scope  "/kiosk", or "/display/"
 */
export async function keepShell(scope) {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(`${scope.replace(/\/$/, "")}/service-worker.js`, { scope, updateViaCache: "none" });
  } catch {
    // Without it the screen works as well; it only cannot be loaded while the server is away.
  }
}

/**
 * The header of the page that the server would give now.
 *
 * @param {string} path
 * @param {string} header
 * @returns {Promise<string | null | undefined>}  null when the server answers with another page; undefined when it does
 *     not answer, or something else does in its place
 */
export async function askServer(path, header) {
  try {
    const response = await fetch(path, { method: "HEAD", headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
    return response.headers.has("Smart-Queue") && response.status < 500 ? response.headers.get(header) : undefined;
  } catch {
    return undefined;
  }
}
