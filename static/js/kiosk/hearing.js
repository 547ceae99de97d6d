/** Saying aloud what is written, where the machine has a voice of its own for the language. */

/**
 * @param {string} language  code such as "hi"
 * @returns {SpeechSynthesisVoice | undefined}  a voice that needs no network
 */
function voiceFor(language) {
  if (!("speechSynthesis" in window)) return undefined;
  return speechSynthesis
    .getVoices()
    .find((voice) => voice.localService && voice.lang.toLowerCase().split(/[-_]/)[0] === language);
}

/**
 * @param {string} language
 * @returns {boolean}
 */
export function canSay(language) {
  return voiceFor(language) !== undefined;
}

/**
 * Say it, and nothing of what was being said before.
 *
 * @param {string} sentence
 * @param {string} language
 */
export function say(sentence, language) {
  const voice = voiceFor(language);
  if (!voice) return;
  speechSynthesis.cancel();
  const speech = new SpeechSynthesisUtterance(sentence);
  speech.voice = voice;
  speech.lang = voice.lang;
  speech.rate = 0.9;
  speechSynthesis.speak(speech);
}

/** Be silent. */
export function hush() {
  if ("speechSynthesis" in window) speechSynthesis.cancel();
}

/**
 * Voices arrive some time after the page.
 *
 * @param {() => void} callback
 */
export function onVoices(callback) {
  if ("speechSynthesis" in window) speechSynthesis.addEventListener("voiceschanged", callback);
}
