/**
 * Keeps the kiosk's page and its files, so that the screen comes up while the network is down and says what to do.
 * Answers of the server about queues and tokens are never kept.
 *
 * The server sets `self.SHELL` before this file: the version, the page, and the files with the version in their path.
 */

/** @type {{version: string, page: string, files: string[]}} */
const shell = /** @type {any} */ (self).SHELL;
const worker = /** @type {any} */ (self);
const CACHE = `kiosk-${shell.version}`;
const files = new Set(shell.files);
const PAGE_WITHIN_MS = 4000;

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keepShell()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const request = /** @type {Request} */ (event.request);
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === shell.page) event.respondWith(page(request));
  else if (files.has(url.pathname)) event.respondWith(file(request));
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  await cache.addAll(shell.files);
  await keepPage(await fetch(shell.page, { cache: "no-store" }));
  await worker.skipWaiting();
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("kiosk-") && name !== CACHE) await caches.delete(name);
  }
  await worker.clients.claim();
}

/**
 * The page that the server gives; the kept one when it gives none in time.
 *
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function page(request) {
  const kept = await (await caches.open(CACHE)).match(shell.page);
  try {
    const response = await fetch(request, kept ? { signal: AbortSignal.timeout(PAGE_WITHIN_MS) } : {});
    if (response.status >= 500 && kept) return kept;
    await keepPage(response);
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

/**
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function file(request) {
  const kept = await (await caches.open(CACHE)).match(request);
  return kept ?? fetch(request);
}

/**
 * Keep the kiosk's own page of this version, and no other: neither the page that asks for a key nor one whose files
 * are not kept here.
 *
 * @param {Response} response
 */
async function keepPage(response) {
  if (!response.ok || response.headers.get("Kiosk-Version") !== shell.version) return;
  await (await caches.open(CACHE)).put(shell.page, response.clone());
}
