/**
 * Keeps a screen's page and its files, so that it comes up whatever is served first: nothing, a proxy's error, the login
 * page of a network. Only what the server itself has sent, whole and unchanged, is kept or taken for an answer. What
 * the server says about queues and tokens is never kept.
 *
 * The server sets `self.SHELL` before this file (see queue_server/web/shell.py).
 */

/**
 * @type {{name: string, version: string, scope: string, header: string, files: Record<string, {type: string, digest: string}>}}
 *     pages below `scope` that have the version in `header` are kept; digests are SHA-256, in base64
 */
const shell = /** @type {any} */ (self).SHELL;
const worker = /** @type {any} */ (self);
const CACHE = `${shell.name}-${shell.version}`;
const OURS = "Smart-Queue";
const DIGEST = "Page-Digest";
/** The clips of a language, at an address that ends with their digest: they outlive the versions of the pages. */
const VOICE = /^\/voice\/([a-z]+)\/([0-9a-f]{64})$/;
const VOICES = `voices-of-${shell.name}`;
const PAGE_WITHIN_MS = 4000;

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keepShell()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const request = /** @type {Request} */ (event.request);
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith(shell.scope)) event.respondWith(page(request));
  else if (url.pathname in shell.files) event.respondWith(file(request));
  else if (VOICE.test(url.pathname)) event.respondWith(voice(request, url.pathname));
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  await Promise.all(Object.entries(shell.files).map(([path, told]) => keepFile(cache, path, told)));
  await keepOpenPages();
  await worker.skipWaiting();
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith(`${shell.name}-`) && name !== CACHE) await caches.delete(name);
  }
  await worker.clients.claim();
}

/**
 * @param {Cache} cache
 * @param {string} path
 * @param {{type: string, digest: string}} told
 */
async function keepFile(cache, path, { type, digest }) {
  const response = await fetch(path, { cache: "reload" });
  const body = await response.arrayBuffer();
  const isIt = response.ok && typeOf(response) === type && (await digestOf(body)) === digest;
  if (!isIt) throw new Error(`${path} is not what the server has.`);
  await cache.put(path, new Response(body, response));
}

/** The page that has brought this worker was loaded before it. */
async function keepOpenPages() {
  for (const client of await worker.clients.matchAll({ type: "window", includeUncontrolled: true })) {
    const { pathname } = new URL(client.url);
    if (!pathname.startsWith(shell.scope)) continue;
    // A page that is not kept now is kept when it is loaded the next time.
    await whole(new Request(pathname, { cache: "no-store" })).catch(() => {});
  }
}

/**
 * The page that the server gives; the kept one when it gives none in time.
 *
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function page(request) {
  const kept = await (await caches.open(CACHE)).match(new URL(request.url).pathname);
  if (!kept) return (await whole(request.clone()).catch(() => null)) ?? fetch(request);
  try {
    const response = await whole(request, AbortSignal.timeout(PAGE_WITHIN_MS));
    return response !== null && response.status < 500 ? response : kept;
  } catch {
    return kept;
  }
}

/**
 * The server's answer once all of it is there; a page of this version is kept.
 *
 * @param {Request} request
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response | null>}  null when something else has answered, or the page is not as it was sent
 */
async function whole(request, signal) {
  const response = await fetch(request, { signal });
  if (response.type === "opaqueredirect") return (await isOwnRedirect(request, signal)) ? response : null;
  const { headers } = response;
  const body = await response.arrayBuffer();
  if (!headers.has(OURS)) return null;
  if (headers.has(shell.header) && (typeOf(response) !== "text/html" || headers.get(DIGEST) !== (await digestOf(body)))) return null;
  const complete = new Response(body, response);
  if (response.ok && headers.get(shell.header) === shell.version) {
    await (await caches.open(CACHE)).put(new URL(request.url).pathname, complete.clone());
  }
  return complete;
}

/**
 * Where a navigation is led cannot be seen; a second look, which follows, ends at the server or at somebody else.
 *
 * @param {Request} request
 * @param {AbortSignal} [signal]
 */
async function isOwnRedirect(request, signal) {
  return (await fetch(request.url, { signal, cache: "no-store" })).headers.has(OURS);
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
 * The clips of a language, once they have come whole; the earlier ones of the same language are dropped.
 *
 * @param {Request} request
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function voice(request, path) {
  const cache = await caches.open(VOICES);
  const kept = await cache.match(path);
  if (kept) return kept;
  const response = await fetch(request);
  const body = await response.arrayBuffer();
  const [, language, digest] = path.match(VOICE) ?? [];
  if (response.ok && hex(await digestOf(body)) === digest) {
    for (const known of await cache.keys()) {
      if (new URL(known.url).pathname.startsWith(`/voice/${language}/`)) await cache.delete(known);
    }
    await cache.put(path, new Response(body, response));
  }
  return new Response(body, response);
}

/** @param {string} digest  in base64 */
function hex(digest) {
  return [...atob(digest)].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

/** @param {Response} response */
function typeOf(response) {
  return (response.headers.get("Content-Type") ?? "").split(";")[0]?.trim();
}

/** @param {ArrayBuffer} body */
async function digestOf(body) {
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", body))));
}
