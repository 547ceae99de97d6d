/**
 * Asking the server to do something, once.
 *
 * Every press gets its own idempotency key, and every retry of that press carries the same one: an answer that got
 * lost on the way is asked for again, and the server gives the first answer instead of doing the thing twice.
 */

/** What went wrong, in the server's designed form or in ours. */
export class PostError extends Error {
  /**
   * @param {string} code     the server's stable code, or "unreachable" (no answer), "bad_answer" (not ours)
   * @param {string} message  for people; empty for "unreachable", whose words belong to the page
   * @param {number} status   HTTP status, 0 without an answer
   * @param {Record<string, any>} details
   */
  constructor(code, message, status = 0, details = {}) {
    super(message);
    this.name = "PostError";
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/**
 * @typedef {object} PostOptions
 * @property {number} [timeout]   milliseconds that one attempt may take, 5000 unless told
 * @property {number} [attempts]  how often to try before giving up, 4 unless told; Infinity is allowed
 * @property {string} [key]       the idempotency key, when the caller keeps it for longer than this call
 * @property {AbortSignal} [signal]  ends it early; the promise is rejected with the signal's reason
 * @property {(attempt: number) => void} [onRetry]  told before each further attempt, counted from 2
 */

const FIRST_DELAY_MS = 300;
const LONGEST_DELAY_MS = 3000;
const WORTH_A_RETRY = new Set([502, 503, 504]);

/**
 * Send JSON and read the JSON that comes back.
 *
 * @param {string} url
 * @param {unknown} [body]
 * @param {PostOptions} [options]
 * @returns {Promise<any>}  the parsed answer; null when the server answered without a body
 * @throws {PostError}
 */
export async function post(url, body = {}, options = {}) {
  const key = options.key ?? newKey();
  const attempts = options.attempts ?? 4;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(url, body, key, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      const isWorthIt = error instanceof PostError && (error.status === 0 || WORTH_A_RETRY.has(error.status));
      if (!isWorthIt || attempt >= attempts) throw error;
      await pause(attempt, options.signal);
      options.onRetry?.(attempt + 1);
    }
  }
}

/**
 * @param {string} url
 * @param {unknown} body
 * @param {string} key
 * @param {PostOptions} options
 * @returns {Promise<any>}
 */
async function send(url, body, key, { timeout = 5000, signal }) {
  const control = new AbortController();
  const stop = () => control.abort();
  const timer = setTimeout(stop, timeout);
  signal?.addEventListener("abort", stop);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": key },
      body: JSON.stringify(body),
      credentials: "same-origin",
      signal: control.signal,
    });
    return answer(response, await response.text());
  } catch (error) {
    if (error instanceof PostError) throw error;
    throw new PostError("unreachable", "");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * @param {Response} response
 * @param {string} content
 * @returns {any}
 */
function answer(response, content) {
  const parsed = parse(content, response.status);
  if (response.ok) {
    document.dispatchEvent(new CustomEvent("posted"));
    return parsed;
  }
  const error = parsed?.error;
  if (!error?.code) throw new PostError("bad_answer", response.statusText, response.status);
  if (error.code === "locked") document.dispatchEvent(new CustomEvent("session-locked"));
  throw new PostError(error.code, error.message ?? "", response.status, error.details ?? {});
}

/**
 * @param {string} content
 * @param {number} status
 * @returns {any}
 */
function parse(content, status) {
  if (content === "") return null;
  try {
    return JSON.parse(content);
  } catch {
    throw new PostError("bad_answer", "", status);
  }
}

/**
 * @param {number} attempt
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function pause(attempt, signal) {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, delay);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * A new idempotency key of 128 random bits. `crypto.randomUUID` exists on secure origins only, and a clinic's own
 * network often has plain http.
 *
 * @returns {string}
 */
export function newKey() {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
