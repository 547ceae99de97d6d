/** Two soft tones and a shake, drawn on the spot: a phone on a slow line loads no sound. */

const NOTES = [
  { at: 0, pitch: 783.99 },
  { at: 0.42, pitch: 622.25 },
];
const LASTS_S = 1.2;

/** @type {AudioContext | null} */
let audio = null;

/** A touch allows sound; a short chime shows how it will be. */
export function unlock() {
  if (audio === null && "AudioContext" in window) audio = new AudioContext();
  audio?.resume();
  ring();
}

/** Shake the phone, and chime if the patient has allowed it. Says nothing where neither is possible. */
export function ring() {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300, 150, 600]);
  if (audio === null) return;
  for (const note of NOTES) strike(audio, audio.currentTime + note.at, note.pitch);
}

/**
 * @param {AudioContext} context
 * @param {number} start  seconds on the context's clock
 * @param {number} pitch  hertz
 */
function strike(context, start, pitch) {
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(0.6, start + 0.01);
  loudness.gain.exponentialRampToValueAtTime(0.001, start + LASTS_S);
  tone.connect(loudness).connect(context.destination);
  tone.start(start);
  tone.stop(start + LASTS_S);
}
