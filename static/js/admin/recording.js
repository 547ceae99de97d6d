/** What a microphone or a file gives, as the server takes it: WAV, 16 bits, one channel. */
import { decoded } from "../shared/sound.js";

/**
 * @param {ArrayBuffer} content  of any sound file that the browser plays
 * @param {number} rate          samples a second of what comes out
 * @returns {Promise<{wav: ArrayBuffer, seconds: number}>}  rejected when the browser cannot play it
 */
export async function asWav(content, rate) {
  const buffer = await decoded(content);
  const offline = new OfflineAudioContext(1, Math.max(1, Math.ceil(buffer.duration * rate)), rate);
  const source = offline.createBufferSource();
  source.buffer = buffer;
  source.connect(offline.destination);
  source.start();
  const mono = await offline.startRendering();
  return { wav: wav(mono.getChannelData(0), rate), seconds: buffer.duration };
}

/**
 * @param {Float32Array} samples
 * @param {number} rate
 * @returns {ArrayBuffer}
 */
function wav(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const letters = (/** @type {number} */ at, /** @type {string} */ text) => [...text].forEach((letter, place) => view.setUint8(at + place, letter.charCodeAt(0)));
  letters(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  letters(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  letters(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, place) => view.setInt16(44 + place * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32767), true));
  return view.buffer;
}

/** A microphone while somebody reads a word. */
export class Microphone {
  /** @type {MediaRecorder | null} */
  #recorder = null;
  /** @type {MediaStream | null} */
  #stream = null;
  #frame = 0;

  /** @param {(level: number) => void} onLevel  from 0 to 1, while it listens */
  constructor(onLevel) {
    this.onLevel = onLevel;
  }

  /** @returns {boolean} whether this page can have one at all: on https, and on the machine itself */
  static isThere() {
    return window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia) && "MediaRecorder" in window;
  }

  get isOn() {
    return this.#recorder !== null;
  }

  /** Rejected when the browser or somebody before it says no. */
  async start() {
    this.#stream ??= await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, autoGainControl: false, noiseSuppression: true } });
    this.#recorder = new MediaRecorder(this.#stream);
    this.#recorder.start();
    this.#watch(this.#stream);
  }

  /** @returns {Promise<ArrayBuffer>} what was heard since the start */
  async stop() {
    const recorder = /** @type {MediaRecorder} */ (this.#recorder);
    this.#recorder = null;
    cancelAnimationFrame(this.#frame);
    this.onLevel(0);
    const data = new Promise((resolve) => recorder.addEventListener("dataavailable", resolve, { once: true }));
    recorder.stop();
    return /** @type {BlobEvent} */ (await data).data.arrayBuffer();
  }

  /** @param {MediaStream} stream */
  #watch(stream) {
    const audio = new AudioContext();
    const analyser = audio.createAnalyser();
    audio.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const look = () => {
      if (!this.#recorder) return void audio.close();
      analyser.getFloatTimeDomainData(samples);
      this.onLevel(Math.min(1, samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)));
      this.#frame = requestAnimationFrame(look);
    };
    look();
  }
}
