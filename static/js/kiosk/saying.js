/** What the kiosk says aloud. Screens that close by themselves wait until it was said. */
import { PAUSE, say as sayAloud, stop } from "../shared/voice.js";

let saying = 0;

/** @returns {boolean} whether something is being said now */
export function isSaying() {
  return saying > 0;
}

/**
 * Say these sentences, and nothing of what was being said before.
 *
 * @param {string[]} sentences
 * @param {string} language
 * @returns {Promise<boolean>}  whether they were said to their end
 */
export async function say(sentences, language) {
  document.dispatchEvent(new CustomEvent("saying", { detail: { language, sentences } }));
  saying += 1;
  try {
    return await sayAloud(language, sentences.flatMap((sentence) => [sentence, PAUSE]).slice(0, -1));
  } finally {
    saying -= 1;
  }
}

/** Be silent. */
export function hush() {
  stop();
}
