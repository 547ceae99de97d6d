/**
 * The kiosk without eyes: what can be chosen is said, one thing after the other, and three keys are enough: next, choose,
 * back. The keys are on the screen, each as wide as it is, and on any keyboard or keypad (docs/accessibility.md).
 *
 * It stands above the screens and presses their own buttons, so that whoever listens can do what everybody can.
 */
import { find, setAttribute, setIcon, setText } from "../shared/dom.js";
import { fitting } from "../shared/fit.js";
import { language, pageData, text } from "../shared/texts.js";
import { canSay, onVoices } from "../shared/voice.js";
import { wordsOf } from "./ears.js";
import { hush, isSaying, say } from "./saying.js";
import { shown } from "./screens.js";
import { languages } from "./words.js";

/** By the key's place (`KeyboardEvent.code`), whatever is printed on it. */
const KEYS = {
  start: ["F1", "F13"],
  end: ["F14"],
  next: ["ArrowDown", "ArrowRight", "Tab", "NumpadAdd"],
  choose: ["Enter", "NumpadEnter", "Space"],
  back: ["Escape", "Backspace", "ArrowLeft", "NumpadSubtract"],
  again: ["ArrowUp", "F1"],
};
/** Languages are offered one after the other, and so long there is time to choose the one that was said. */
const LANGUAGE_MS = 2500;
/** Nobody has chosen a language after so many rounds: nobody is there. */
const ROUNDS = 2;
/** A scanner types faster than any hand, and its last key is Enter. */
const SCANNER_MS = 100;
const CHOICES = "button:not(.hear, .bar-back, [data-look-button], [data-listen-button], [data-unheard], :disabled)";

const panel = find("#listen");
const fit = fitting(panel, ".listen-card", ".plate, .listen-words");
let isOn = false;
/** Screen or dialog that was told last. */
let told = "";
let at = -1;
let rounds = 0;
let typedAt = -SCANNER_MS;
/** What has changed while something else was being said. @type {string[]} */
let waiting = [];
/** What places with news have said last. @type {Map<Element, string>} */
let heard = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

const observer = new MutationObserver(look);

/** The buttons and keys that begin it. */
export function offerListening() {
  for (const button of document.querySelectorAll("[data-listen-button]")) button.addEventListener("click", start);
  find("#listen-again").addEventListener("click", again);
  find("#listen-next").addEventListener("click", next);
  find("#listen-choose").addEventListener("click", choose);
  find("#listen-back").addEventListener("click", back);
  document.addEventListener("keydown", press, { capture: true });
  onVoices(offer);
  offer();
}

function offer() {
  const canListen = languages().some(({ code }) => canSay(code));
  for (const button of document.querySelectorAll("[data-listen-button]")) setAttribute(button, "hidden", !canListen);
}

function start() {
  if (isOn) return;
  isOn = true;
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  setAttribute(document.documentElement, "data-listening", "");
  setAttribute(panel, "hidden", false);
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden", "open", "disabled"] });
  told = "";
  rounds = 0;
  look();
}

/** The screens are used by touch again. */
export function stopListening() {
  if (!isOn) return;
  isOn = false;
  observer.disconnect();
  clearTimeout(timer);
  waiting = [];
  hush();
  setAttribute(document.documentElement, "data-listening", null);
  setAttribute(panel, "hidden", true);
}

/** @returns {HTMLElement} the dialog or the screen that asks something now */
function place() {
  return /** @type {HTMLElement | null} */ (document.querySelector("dialog[open]")) ?? find("[data-screen]:not([hidden])");
}

/** @returns {HTMLElement[]}  those of the page itself first, and what stands in its head last */
function choices() {
  const all = [.../** @type {NodeListOf<HTMLElement>} */ (place().querySelectorAll(CHOICES))].filter((one) => one.checkVisibility());
  return [...all.filter((one) => !one.closest("header")), ...all.filter((one) => one.closest("header"))];
}

/** Something on the page has changed: a new screen is told from its beginning, news on the same one are added. */
function look() {
  if (!isOn) return;
  const now = place().id || (place().dataset.screen ?? "");
  if (now !== told) {
    told = now;
    heard = news();
    waiting = [];
    void begin();
  } else tellNews();
}

/** @returns {Map<Element, string>} */
function news() {
  const places = [...place().querySelectorAll("[role=status][data-speak], [role=alert][data-speak], [role=status] [data-speak]")];
  return new Map(places.map((one) => [one, one.textContent?.trim() ?? ""]));
}

function tellNews() {
  const latest = news();
  const fresh = [...latest].filter(([one, words]) => words && heard.get(one) !== words).map(([, words]) => words);
  heard = latest;
  if (fresh.length === 0) return;
  waiting.push(...fresh);
  if (!isSaying()) void speak([], language());
}

/** Say where one is, and the first thing that can be chosen. */
async function begin() {
  at = choices().length > 0 ? 0 : -1;
  const isHome = shown() === "home" && told === "home";
  const before = isHome ? [text("listen_keys")] : wordsOfPlace();
  await tell(before);
}

/** @returns {string[]} what the place says beside its choices */
function wordsOfPlace() {
  const own = new Set(choices().flatMap(wordsOf));
  return wordsOf(place()).filter((words) => !own.has(words));
}

/**
 * Show and say the choice that it is about now.
 *
 * @param {string[]} [before]  what is said first
 */
async function tell(before = []) {
  clearTimeout(timer);
  const choice = choices()[at];
  const words = choice ? wordsOfChoice(choice) : [];
  draw(choice, words[0] ?? before.at(-1) ?? "");
  const spoken = choice?.dataset.language ?? language();
  // What comes before is in the language of the page, a language of the first page in itself.
  if (spoken !== language() && before.length > 0 && !(await say(before, language()))) return;
  const isWhole = await speak(spoken === language() ? [...before, ...words] : words, spoken);
  if (isWhole && isOn && choice && told === "home") timer = setTimeout(goOn, LANGUAGE_MS);
}

/**
 * @param {string[]} sentences
 * @param {string} spoken
 * @returns {Promise<boolean>}
 */
async function speak(sentences, spoken) {
  const isWhole = sentences.length === 0 || (await say(sentences, spoken));
  if (!isWhole || !isOn || waiting.length === 0) return isWhole;
  const more = waiting;
  waiting = [];
  return speak(more, spoken);
}

/**
 * @param {HTMLElement} choice
 * @returns {string[]}
 */
function wordsOfChoice(choice) {
  const code = choice.dataset.language;
  if (!code) return wordsOf(choice);
  return [choice.querySelector(".tongue-name")?.textContent ?? "", pageData().words[code].listen_language];
}

/**
 * @param {HTMLElement | undefined} choice
 * @param {string} words
 */
function draw(choice, words) {
  const sign = find("#listen-sign");
  const picture = /** @type {SVGSVGElement} */ (sign.querySelector("svg"));
  const letter = choice?.querySelector(".tongue-sign")?.textContent ?? "";
  const name = choice?.querySelector("use")?.getAttribute("href")?.split("#")[1] ?? "listen";
  setIcon(picture, name);
  setAttribute(picture, "hidden", letter !== "");
  picture.style.display = letter ? "none" : "";
  setText(find("#listen-letter"), letter);
  setAttribute(sign, "data-colour", choice?.parentElement?.dataset.colour ?? null);
  setText(find("#listen-words"), words);
  setAttribute(find("#listen-words"), "lang", choice?.dataset.language ?? null);
  setAttribute(find("#listen-words"), "dir", "auto");
  fit();
}

function goOn() {
  if (at === choices().length - 1 && ++rounds >= ROUNDS) stopListening();
  else next();
}

function next() {
  const all = choices();
  at = all.length === 0 ? -1 : (at + 1) % all.length;
  void tell();
}

function again() {
  void tell(wordsOfPlace());
}

function choose() {
  const choice = choices()[at];
  if (!choice || place().inert) return;
  clearTimeout(timer);
  hush();
  choice.click();
  // The same screen shows it: the new state of a switch, or further choices.
  if (isOn && (place().id || place().dataset.screen) === told) {
    at = Math.min(at, choices().length - 1);
    void tell();
  }
}

function back() {
  const way = place().querySelector(".bar-back, #closing-leave, #idle-stay, #notice-ok");
  if (shown() === "home" && told === "home") stopListening();
  else if (way instanceof HTMLElement && !place().inert) way.click();
  else again();
}

/** @param {KeyboardEvent} event */
function press(event) {
  const isTyped = event.key.length === 1 && event.code !== "Space" && !event.code.startsWith("Numpad");
  if (isTyped) typedAt = performance.now();
  if (event.defaultPrevented || event.repeat || isTyped) return;
  const act = actOf(event.code || event.key);
  if (!act || (act === choose && performance.now() - typedAt < SCANNER_MS)) return;
  event.preventDefault();
  act();
}

/**
 * @param {string} code
 * @returns {(() => void) | undefined}  what this key does now
 */
function actOf(code) {
  if (KEYS.end.includes(code)) return stopListening;
  if (!isOn) return KEYS.start.includes(code) ? start : undefined;
  if (KEYS.next.includes(code)) return next;
  if (KEYS.choose.includes(code)) return choose;
  if (KEYS.back.includes(code)) return back;
  return KEYS.again.includes(code) ? again : undefined;
}
