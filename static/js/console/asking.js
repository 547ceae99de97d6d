/** Asking the server for something, with its errors in the form of a post's. */
import { PostError } from "../shared/post.js";

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}  the parsed JSON
 * @throws {PostError}
 */
export async function ask(url, signal) {
  let response;
  try {
    response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin", signal: signal ?? null });
  } catch {
    throw new PostError("unreachable", "");
  }
  const body = await response.json().catch(() => null);
  if (response.ok) return body;
  if (body?.error?.code === "locked") document.dispatchEvent(new CustomEvent("session-locked"));
  throw new PostError(body?.error?.code ?? "bad_answer", body?.error?.message ?? "", response.status);
}
