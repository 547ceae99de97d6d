/** Somebody reads the words of a language one after the other; each is played back as displays will say it. */
import { find, setAttribute, setText } from "../shared/dom.js";
import { decoded, play } from "../shared/sound.js";
import { pageData, text } from "../shared/texts.js";
import { Microphone, asWav } from "./recording.js";

const { language, rate, longest_s: longestS } = pageData();
const items = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".voice-word")]);
const record = /** @type {HTMLButtonElement} */ (find("#record"));
const file = /** @type {HTMLInputElement} */ (find("#file"));
const level = /** @type {HTMLMeterElement} */ (find("#level"));
const microphone = new Microphone((loudness) => {
  level.value = loudness;
});
let chosen = items.find(isMissing) ?? items[0];
let isBusy = false;
/** of what is played back @type {AbortController | null} */
let playing = null;

/** @param {HTMLElement} item */
function isMissing(item) {
  return item.dataset.recorded === "no";
}

/** @param {HTMLElement | undefined} item */
function choose(item) {
  if (!item || microphone.isOn) return;
  chosen = item;
  for (const other of items) setAttribute(other, "aria-current", other === item ? "true" : null);
  setText(find("#now"), find(".voice-text", item).textContent ?? "");
  /** @type {HTMLInputElement} */ (find("#removed")).value = item.dataset.word ?? "";
  setAttribute(find("#remove"), "hidden", isMissing(item));
  setAttribute(find("#listen"), "hidden", find(".voice-play", item).hidden);
}

function next() {
  const place = items.indexOf(/** @type {HTMLElement} */ (chosen));
  choose(items[place + 1] ?? items[0]);
}

/** @param {HTMLElement} item */
function address(item) {
  return `/admin/voice/${language}/word?word=${encodeURIComponent(item.dataset.word ?? "")}`;
}

/** @param {HTMLElement | undefined} item */
async function listen(item) {
  if (!item) return;
  playing?.abort();
  playing = new AbortController();
  const { signal } = playing;
  const response = await fetch(address(item), { signal }).catch(() => null);
  if (!response?.ok) return;
  const buffer = await decoded(await response.arrayBuffer()).catch(() => null);
  if (buffer) await play([buffer], 1, signal);
}

/** @param {string} key  of a text */
function tell(key) {
  setText(find("#state"), text(key));
}

function showRecording() {
  setAttribute(record, "aria-pressed", microphone.isOn ? "true" : "false");
  const words = record.lastChild;
  if (words) words.textContent = text(microphone.isOn ? "stop" : "record");
}

async function toggle() {
  if (isBusy) return;
  isBusy = true;
  playing?.abort();
  try {
    if (!microphone.isOn) {
      await microphone.start();
      tell("recording");
    } else {
      const heard = await microphone.stop();
      showRecording();
      await keep(heard);
    }
  } catch {
    tell("denied");
  }
  isBusy = false;
  showRecording();
}

/** @param {ArrayBuffer} content  of a sound file */
async function keep(content) {
  const item = /** @type {HTMLElement} */ (chosen);
  tell("saving");
  const made = await asWav(content, rate).catch(() => null);
  if (!made) return tell("no_sound");
  if (made.seconds > longestS) return tell("too_long");
  const response = await fetch(address(item), { method: "POST", body: made.wav, headers: { Accept: "application/json" } }).catch(() => null);
  if (!response?.ok) return tell(response && response.status < 500 && response.status !== 401 ? "not_heard" : "failed");
  item.dataset.recorded = "yes";
  find(".voice-play", item).hidden = false;
  const isLast = !items.some(isMissing);
  tell(isLast ? "all_read" : "saved");
  choose(item);
  await listen(item);
  if (chosen === item && !isLast && !microphone.isOn) next();
}

for (const item of items) {
  find(".voice-text", item).addEventListener("click", () => choose(item));
  find(".voice-play", item).addEventListener("click", () => void listen(item));
}
record.addEventListener("click", () => void toggle());
find("#listen").addEventListener("click", () => void listen(chosen));
find("#next").addEventListener("click", next);
file.addEventListener("change", async () => {
  const content = await file.files?.[0]?.arrayBuffer();
  file.value = "";
  if (content) await keep(content);
});
record.hidden = !Microphone.isThere();
find("#no-microphone").hidden = Microphone.isThere();
choose(chosen);
