/**
 * The clips of one language, as the server gives them in one file: four bytes with the length of an index (little-endian),
 * the index as JSON (`{key: [start, length]}`), and the clips one after the other.
 */
import { decoded } from "./sound.js";

export class Bundle {
  /** @type {Map<string, Promise<AudioBuffer | null>>} */
  #buffers = new Map();

  /** @param {ArrayBuffer} content */
  constructor(content) {
    const size = new DataView(content).getUint32(0, true);
    /** @type {Record<string, [number, number]>} */
    this.index = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, size)));
    this.clips = content.slice(4 + size);
    /** The key for each that is written so but for its capitals: people write "General Medicine" for "General medicine". */
    this.likely = new Map(Object.keys(this.index).map((known) => [known.toLowerCase(), known]));
  }

  /**
   * @param {string} key
   * @returns {string}  the key as it has a clip, if it has one
   */
  #written(key) {
    return Object.hasOwn(this.index, key) ? key : (this.likely.get(key.toLowerCase()) ?? key);
  }

  /**
   * @param {string} key
   * @returns {boolean}
   */
  has(key) {
    return Object.hasOwn(this.index, this.#written(key));
  }

  /**
   * @param {string} key
   * @returns {Promise<AudioBuffer | null>}  null where the browser cannot read it
   */
  buffer(key) {
    const own = this.#written(key);
    const [start, length] = this.index[own] ?? [0, 0];
    const buffer = this.#buffers.get(own) ?? decoded(this.clips.slice(start, start + length)).catch(() => null);
    this.#buffers.set(own, buffer);
    return buffer;
  }
}

/**
 * @param {string} address
 * @returns {Promise<Bundle | null>}  null when it cannot be had now
 */
export async function load(address) {
  try {
    const response = await fetch(address);
    return response.ok ? new Bundle(await response.arrayBuffer()) : null;
  } catch {
    return null;
  }
}
