/**
 * The clinic's voice: says texts with clips, which need neither the internet nor a voice of the machine. What has no clip
 * is said by a voice of the machine where there is one (`speechSynthesis`), and left out where there is none.
 *
 *     useVoices(view.voices);                    // each view of a board or a kiosk has them: {"hi": "/voice/hi/…"}
 *     await prepare(["hi", "en"]);               // loads what is spoken here; say() does it too, later
 *     onVoices(draw);                            // something more (or less) can be said than before
 *     if (canSay("hi", ["कमरा 3"])) …            // every word of it
 *     await say("hi", [nameOf(department), text("waiting", { count, people })]);
 *     stop();
 *
 * Words are texts in that language as they stand on the page, numbers in them: each is looked up as a whole, else in its
 * pieces (voice-pieces.js), a word of capital letters letter by letter. Between two texts of the list no pause is made,
 * except where one of them is `PAUSE`. Clips exist of every text of the kiosk page, the common names of departments and
 * the sentences of calls (`scripts/voice` makes them after a text was changed), and of whatever the clinic has recorded.
 */
import { load } from "./voice-bundle.js";
import { PAUSE, key, pieces } from "./voice-pieces.js";
import { play } from "./sound.js";
import { speak, voiceFor } from "./system-voice.js";

export { PAUSE } from "./voice-pieces.js";
export { canSound } from "./sound.js";

/** Between two sentences. */
const PAUSE_S = 0.3;

/** @typedef {import("./voice-bundle.js").Bundle} Bundle */

/** Language → where its clips are. @type {Record<string, string>} */
let addresses = {};
/** Address → its clips. @type {Map<string, Promise<Bundle | null>>} */
const loading = new Map();
/** Language → the newest clips that have come. @type {Map<string, Bundle>} */
const bundles = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();
/** of what is being said @type {AbortController | null} */
let saying = null;

/**
 * From now on these are the clips. What is loaded already and has changed is loaded anew; until then the old ones speak.
 *
 * @param {Record<string, string>} voices
 */
export function useVoices(voices) {
  const before = addresses;
  addresses = voices;
  for (const language of bundles.keys()) {
    if (voices[language] !== before[language]) void bundleOf(language);
  }
}

/**
 * Resolves when the clips of these languages are there, or cannot be had now.
 *
 * @param {readonly string[]} languages
 */
export async function prepare(languages) {
  await Promise.all(languages.map(bundleOf));
}

/**
 * @param {() => void} callback  called when clips or the machine's own voices have come
 */
export function onVoices(callback) {
  listeners.add(callback);
  globalThis.speechSynthesis?.addEventListener?.("voiceschanged", callback);
}

/**
 * Whether every one of these words would be heard; without words, whether anything of the language would.
 *
 * @param {string} language
 * @param {readonly string[]} [words]
 * @returns {boolean}
 */
export function canSay(language, words) {
  const bundle = bundles.get(language);
  if (voiceFor(language)) return true;
  if (!words) return bundle !== undefined;
  return bundle !== undefined && words.flatMap((word) => clipsFor(bundle, word)).every((part) => part === PAUSE || bundle.has(part));
}

/**
 * Say these words, and nothing of what was being said before.
 *
 * @param {string} language
 * @param {readonly string[]} words
 * @param {{volume?: number, signal?: AbortSignal, text?: string}} [how]  `volume` from 0 to 1; `text`: what a voice of the
 *     machine says instead where the language has no clips at all
 * @returns {Promise<boolean>}  whether all was said to its end; never rejects
 */
export async function say(language, words, { volume = 1, signal, text } = {}) {
  stop();
  const own = new AbortController();
  saying = own;
  const stopped = signal ? AbortSignal.any([signal, own.signal]) : own.signal;
  const bundle = await bundleOf(language);
  if (!bundle && text) return speak(language, text, volume, stopped);
  const parts = words.flatMap((word) => clipsFor(bundle, word));
  let isWhole = parts.length > 0;
  for (const run of runs(parts, bundle)) {
    if (stopped.aborted) return false;
    const isSaid = run.isClips
      ? await play(await buffers(/** @type {Bundle} */ (bundle), run.parts), volume, stopped)
      : await speak(language, run.parts.join(" "), volume, stopped);
    isWhole &&= isSaid;
  }
  return isWhole && !stopped.aborted;
}

/** Be silent. */
export function stop() {
  saying?.abort();
  saying = null;
}

/**
 * @param {string} language
 * @returns {Promise<Bundle | null>}
 */
async function bundleOf(language) {
  const address = addresses[language];
  if (!address) return bundles.get(language) ?? null;
  const coming = loading.get(address) ?? load(address);
  loading.set(address, coming);
  const bundle = await coming;
  if (!bundle) loading.delete(address);
  else if (addresses[language] === address && bundles.get(language) !== bundle) {
    bundles.set(language, bundle);
    for (const callback of listeners) callback();
  }
  return bundle ?? bundles.get(language) ?? null;
}

/**
 * @param {Bundle | null} bundle
 * @param {string} word
 * @returns {string[]}  keys, those without a clip too
 */
function clipsFor(bundle, word) {
  const has = (/** @type {string} */ part) => bundle?.has(part) ?? false;
  if (word === PAUSE) return [PAUSE];
  if (has(key(word))) return [key(word)];
  return pieces(word).flatMap((part) => (!has(part) && /^[A-Z]+$/.test(part) && has(part.charAt(0)) ? [...part] : [part]));
}

/**
 * The keys in runs of those that have clips, pauses with them, and those that have none.
 *
 * @param {readonly string[]} parts
 * @param {Bundle | null} bundle
 * @returns {{isClips: boolean, parts: string[]}[]}
 */
function runs(parts, bundle) {
  /** @type {{isClips: boolean, parts: string[]}[]} */
  const found = [];
  for (const part of parts) {
    const isClips = part === PAUSE || (bundle?.has(part) ?? false);
    const last = found.at(-1);
    if (last?.isClips === isClips) last.parts.push(part);
    else found.push({ isClips, parts: [part] });
  }
  return found;
}

/**
 * @param {Bundle} bundle
 * @param {readonly string[]} parts
 * @returns {Promise<(AudioBuffer | number)[]>}
 */
async function buffers(bundle, parts) {
  return (await Promise.all(parts.map((part) => (part === PAUSE ? PAUSE_S : bundle.buffer(part))))).filter((part) => part !== null);
}
