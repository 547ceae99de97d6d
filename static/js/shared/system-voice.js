/** The voices of the machine itself: they say what there is no clip for. */
import { happening } from "./happening.js";
import { inLatin } from "./voice-pieces.js";

const START_MS = 3000;
const PER_SIGN_MS = 160;
const RATE = 0.9;

/**
 * @param {string} language  code such as "hi"
 * @returns {SpeechSynthesisVoice | undefined}  a voice that needs no network
 */
export function voiceFor(language) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  return voices.find((voice) => voice.localService && voice.lang.toLowerCase().split(/[-_]/)[0] === language);
}

/**
 * Say a text, if the machine has a voice for its language.
 *
 * @param {string} language
 * @param {string} text
 * @param {number} volume  0 is silent, 1 the loudest
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}  whether it was said to its end
 */
export async function speak(language, text, volume, signal) {
  const voice = voiceFor(language);
  if (!voice || signal.aborted) return false;
  // The Urdu voice of espeak-ng leaves out the digits of Urdu (findings/espeak-urdu-digits.sh).
  const words = new SpeechSynthesisUtterance(inLatin(text));
  words.voice = voice;
  words.lang = voice.lang;
  words.rate = RATE;
  words.volume = volume;
  const ended = happening(words, ["end", "error"], START_MS + text.length * PER_SIGN_MS, signal);
  speechSynthesis.speak(words);
  // A machine's voice may have got stuck with what came before, or never end: make room for the next.
  const hasEnded = await ended;
  if (!hasEnded) speechSynthesis.cancel();
  return hasEnded;
}
