/** Sending a form without leaving the page. */
import { PostError, newKey } from "../shared/post.js";
import { text } from "../shared/texts.js";

/**
 * Send the form's fields as the browser itself would, and read the JSON that comes back.
 *
 * @param {HTMLFormElement} form
 * @param {string} [key]  idempotency key, when the caller keeps it for a second try
 * @returns {Promise<any>}
 * @throws {PostError}
 */
export async function sendForm(form, key = newKey()) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  let answer;
  try {
    const headers = { Accept: "application/json", "Idempotency-Key": key };
    answer = await fetch(form.action, { method: "POST", body: fields, headers, signal: AbortSignal.timeout(8000) });
  } catch {
    throw new PostError("unreachable", text("unreachable"));
  }
  const content = await answer.json().catch(() => null);
  if (answer.ok) return content;
  const error = content?.error ?? {};
  throw new PostError(error.code ?? "bad_answer", error.message ?? "", answer.status, error.details ?? {});
}

/**
 * Why it did not work, in the page's language.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function sentenceOf(error) {
  if (!(error instanceof PostError)) return text("error_bad_answer");
  const key = `error_${error.code}`;
  const known = text(key);
  return known === key ? error.message || text("error_bad_answer") : known;
}
