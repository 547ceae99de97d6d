/**
 * Chime, then the languages one after the other. Never two sounds at once, and never stuck: a voice that does not say when
 * it has ended is given a time.
 */
import { pause } from "../shared/happening.js";
import { canSound, decoded, play } from "../shared/sound.js";
import { PAUSE, say } from "../shared/voice.js";

const LEAST_MS = 4000;

/**
 * @typedef {{language: string, text: string, words: string[]}} Sentence
 * @typedef {import("../shared/sound.js").Sounding} Sounding
 */

export class Player {
  /** @type {Promise<AudioBuffer | null> | null} */
  #chime = null;

  /**
   * @param {string} chime  the address of its file
   * @param {(sounding: Sounding) => void} onSounding  what was found when a sound was tried
   */
  constructor(chime, onSounding) {
    this.chime = chime;
    this.onSounding = onSounding;
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
    if (this.volume > 0) await this.#sound(sentences, signal);
    await reading;
  }

  /** Somebody has touched the screen: let them hear that it works. */
  async unlock() {
    await this.#sound([], new AbortController().signal);
  }

  /** The chime is there before it is needed. */
  async prepare() {
    await this.#bell();
  }

  /**
   * @param {readonly Sentence[]} sentences
   * @param {AbortSignal} signal
   */
  async #sound(sentences, signal) {
    const bell = await this.#bell();
    await play(bell ? [bell] : [], this.volume, signal);
    for (const { language, text, words } of sentences) {
      if (!signal.aborted) await say(language, [PAUSE, ...words], { volume: this.volume, signal, text });
    }
    if (!signal.aborted) this.onSounding(await canSound());
  }

  /** @returns {Promise<AudioBuffer | null>} */
  async #bell() {
    this.#chime ??= fetch(this.chime).then(async (response) => decoded(await response.arrayBuffer())).catch(() => null);
    const bell = await this.#chime;
    // A server that was away a moment ago has it now.
    if (!bell) this.#chime = null;
    return bell;
  }
}
