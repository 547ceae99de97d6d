/**
 * Chime, then voice in one language after the other. Never two sounds at once, and never stuck: a voice that does not
 * say when it has ended is given a time.
 */

const LEAST_MS = 4000;
const CHIME_MOST_MS = 3000;
const VOICE_START_MS = 3000;
const VOICE_PER_SIGN_MS = 160;
const RATE = 0.9;

/**
 * @typedef {{language: string, text: string}} Sentence
 */

export class Player {
  /**
   * @param {HTMLAudioElement} chime
   * @param {(isBlocked: boolean) => void} onBlocked  the browser wants a touch before it makes a sound, or has had it
   */
  constructor(chime, onBlocked) {
    this.chime = chime;
    this.onBlocked = onBlocked;
    /** 0 is silent, 1 the loudest */
    this.volume = 1;
  }

  /**
   * Resolves when everything has been said, not before the call could be read, at once after an abort; never rejects.
   *
   * @param {readonly Sentence[]} sentences
   * @param {AbortSignal} signal
   */
  async announce(sentences, signal) {
    const reading = pause(LEAST_MS, signal);
    if (this.volume > 0) await this.#ring(signal);
    for (const sentence of this.volume > 0 ? sentences : []) {
      if (!signal.aborted) await speak(sentence, signal, this.volume);
    }
    await reading;
  }

  /** Somebody has touched the screen: let them hear that it works. */
  async unlock() {
    await this.#ring(new AbortController().signal);
  }

  /** @param {AbortSignal} signal */
  async #ring(signal) {
    const ended = happening(this.chime, ["ended", "error"], CHIME_MOST_MS, signal);
    try {
      this.chime.currentTime = 0;
      this.chime.volume = this.volume;
      await this.chime.play();
      this.onBlocked(false);
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.onBlocked(true);
      return;
    }
    await ended;
    if (signal.aborted) this.chime.pause();
  }
}

/**
 * Whether this page may make sounds before anybody has touched the screen.
 *
 * @returns {Promise<boolean>}
 */
export async function maySound() {
  const context = new AudioContext();
  const isRunning = () => context.state === "running";
  if (!isRunning()) await happening(context, ["statechange"], 1000, new AbortController().signal);
  const allowed = isRunning();
  void context.close();
  return allowed;
}

/**
 * Say a sentence, if there is a voice for its language.
 *
 * @param {Sentence} sentence
 * @param {AbortSignal} signal
 * @param {number} volume
 */
async function speak({ language, text }, signal, volume) {
  const voice = voiceOf(language);
  if (!voice) return;
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  words.rate = RATE;
  words.volume = volume;
  const ended = happening(words, ["end", "error"], VOICE_START_MS + text.length * VOICE_PER_SIGN_MS, signal);
  speechSynthesis.speak(words);
  // A browser's voice may have got stuck with what came before, or never end: make room for the next.
  if (!(await ended)) speechSynthesis.cancel();
}

/**
 * A voice on this machine before one that needs the internet.
 *
 * @param {string} language
 * @returns {SpeechSynthesisVoice | undefined}
 */
function voiceOf(language) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  const fitting = voices.filter((voice) => voice.lang.toLowerCase().split(/[-_]/)[0] === language);
  return fitting.find((voice) => voice.localService) ?? fitting[0];
}

/**
 * @param {EventTarget} target
 * @param {string[]} names
 * @param {number} most  milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}  whether one of the events came in time
 */
function happening(target, names, most, signal) {
  return new Promise((resolve) => {
    const finish = (/** @type {boolean} */ hasHappened) => {
      clearTimeout(timer);
      for (const name of names) target.removeEventListener(name, onEvent);
      signal.removeEventListener("abort", onAbort);
      resolve(hasHappened);
    };
    const onEvent = () => finish(true);
    const onAbort = () => finish(false);
    const timer = setTimeout(onAbort, most);
    for (const name of names) target.addEventListener(name, onEvent);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}
 */
function pause(milliseconds, signal) {
  return happening(new EventTarget(), [], milliseconds, signal);
}
