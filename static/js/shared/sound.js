/** The page's loudspeaker: buffers are played one after the other without a gap, and it is known why nothing is heard. */
import { happening } from "./happening.js";

/**
 * Why a screen is silent. "blocked": the browser wants a touch first. "no-device": the machine has no loudspeaker.
 * "stuck": the sound does not go on. Whether somebody has turned the loudspeaker down is seen by no page.
 *
 * @typedef {"sounds" | "blocked" | "no-device" | "stuck"} Sounding
 */

/** So soon the browser has answered whether it may sound. */
const ANSWER_MS = 1000;
/** So long the clock of a sound that goes on may stand still. */
const STILL_MS = 400;
const LEAD_S = 0.02;
const LATE_MS = 1500;

/** @type {AudioContext | null} */
let made = null;

/** @returns {AudioContext} */
export function context() {
  made ??= new AudioContext({ latencyHint: "interactive" });
  return made;
}

/**
 * @param {ArrayBuffer} content  of a sound file
 * @returns {Promise<AudioBuffer>}
 */
export function decoded(content) {
  return context().decodeAudioData(content);
}

/**
 * Whether this page can be heard now.
 *
 * @returns {Promise<Sounding>}
 */
export async function canSound() {
  if (!(await isRunning())) return "blocked";
  if (!(await hasDevice())) return "no-device";
  const before = context().currentTime;
  await new Promise((resolve) => setTimeout(resolve, STILL_MS));
  return context().currentTime > before ? "sounds" : "stuck";
}

/**
 * @returns {Promise<boolean>}  whether the browser lets this page sound
 */
export async function isRunning() {
  const audio = context();
  if (audio.state === "running") return true;
  audio.resume().catch(() => {});
  await happening(audio, ["statechange"], ANSWER_MS, new AbortController().signal);
  return /** @type {string} */ (audio.state) === "running";
}

/**
 * Play buffers one after the other; numbers are seconds of silence between them.
 *
 * @param {readonly (AudioBuffer | number)[]} parts
 * @param {number} volume  0 is silent, 1 the loudest
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}  whether all was played; false at once after an abort, or where the page may not sound
 */
export async function play(parts, volume, signal) {
  if (signal.aborted || !(await isRunning())) return false;
  const audio = context();
  const gain = audio.createGain();
  gain.gain.value = volume;
  gain.connect(audio.destination);
  const began = audio.currentTime + LEAD_S;
  let at = began;
  /** @type {AudioBufferSourceNode[]} */
  const sources = [];
  for (const part of parts) {
    if (typeof part !== "number") sources.push(started(audio, part, gain, at));
    at += typeof part === "number" ? part : part.duration;
  }
  const last = sources.at(-1);
  const isWhole = !last || (await happening(last, ["ended"], (at - began) * 1000 + LATE_MS, signal));
  if (!isWhole) for (const source of sources) source.stop();
  gain.disconnect();
  return isWhole;
}

/**
 * @param {AudioContext} audio
 * @param {AudioBuffer} buffer
 * @param {AudioNode} target
 * @param {number} at
 */
function started(audio, buffer, target, at) {
  const source = audio.createBufferSource();
  source.buffer = buffer;
  source.connect(target);
  source.start(at);
  return source;
}

/**
 * A context without a loudspeaker runs all the same, and nobody hears it. Chromium names its devices on https and on this
 * machine; other browsers do not name loudspeakers, and elsewhere there is taken to be one.
 */
async function hasDevice() {
  if (!("setSinkId" in AudioContext.prototype) || !navigator.mediaDevices) return true;
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => null);
  return devices === null || devices.some(({ kind }) => kind === "audiooutput");
}
